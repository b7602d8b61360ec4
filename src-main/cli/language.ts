/** The language of the terminal, as POSIX names it. */
const locale = process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || 'en'

export const language: 'en' | 'zh' = locale.toLowerCase().startsWith('zh') ? 'zh' : 'en'

export const say = (en: string, zh: string): string => (language === 'zh' ? zh : en)
