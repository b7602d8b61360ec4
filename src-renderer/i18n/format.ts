import type { Language } from './language'

const locales: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' }
/** Formatters by language: to make one takes as long as a hundred uses. */
function perLanguage<F>(make: (locale: string) => F): (language: Language) => F {
  const made = new Map<Language, F>()
  return (language) => {
    const known = made.get(language) ?? make(locales[language])
    made.set(language, known)
    return known
  }
}
const counts = perLanguage((locale) => new Intl.NumberFormat(locale))
const dates = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }))
const minus = (text: string): string => text.replaceAll('-', '−')

/** A figure with enough digits to compare by eye and no more. */
export function figure(value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined) return '—'
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (value !== 0 && (size >= 1e7 || size < 1e-4)) return minus(value.toExponential(Math.max(1, digits - 3)))
  if (Number.isInteger(value)) return minus(String(value))
  return minus(value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1)))))
}

/** The same without digits that say nothing: for bounds and ticks, which are round as they are. */
export function plain(value: number, digits = 8): string {
  const text = figure(value, digits)
  if (!text.includes('.')) return text
  return text.includes('e') ? text.replace(/\.?0+e/, 'e') : text.replace(/\.?0+$/, '')
}

export const count = (value: number, language: Language): string => counts(language).format(value)

export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(size) / Math.log(1024)))
  const scaled = size / 1024 ** power
  return `${power === 0 ? scaled : scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[power]}`
}

/** Two units at most: 850 ms, 12 s, 3 min 05 s, 2 h 10 min. */
export function duration(milliseconds: number | null, language: Language): string {
  if (milliseconds === null) return '—'
  const unit = language === 'zh' ? { ms: '毫秒', s: '秒', min: '分', h: '小时', d: '天' } : { ms: 'ms', s: 's', min: 'min', h: 'h', d: 'd' }
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ${unit.ms}`
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} ${unit.s}`
  if (seconds < 60) return `${Math.round(seconds)} ${unit.s}`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} ${unit.min} ${String(whole % 60).padStart(2, '0')} ${unit.s}`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} ${unit.h} ${String(minutes % 60).padStart(2, '0')} ${unit.min}`
  return `${Math.floor(minutes / 1440)} ${unit.d} ${Math.floor((minutes % 1440) / 60)} ${unit.h}`
}

/** How long a run took, or has taken so far. */
export function durationOf({ durationMs, startedAt }: { durationMs: number | null; startedAt: string | null }, now: number, language: Language): string {
  if (durationMs !== null) return duration(durationMs, language)
  return startedAt === null ? '—' : duration(Math.max(0, now - Date.parse(startedAt)), language)
}

export const dateTime = (iso: string | null, language: Language): string =>
  iso === null ? '—' : dates(language).format(new Date(iso))

export function ago(iso: string, now: number, t: (key: string, named: Record<string, unknown>) => string, language: Language): string {
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000)
  if (minutes < 1) return t('time.now', {})
  if (minutes < 60) return t('time.minutesAgo', { count: minutes })
  if (minutes < 24 * 60) return t('time.hoursAgo', { count: Math.floor(minutes / 60) })
  if (minutes < 7 * 24 * 60) return t('time.daysAgo', { count: Math.floor(minutes / 1440) })
  return dateTime(iso, language)
}
