/*
 * Figures bring the letters they need, so that a reader without a Chinese font sees no boxes: a small font inside the picture (or the page).
 */

/** The font in resources/fonts; the reader's own where it lacks a letter. Without quotes, so that it may stand in any attribute. */
export const figureFamily = 'Noto Sans SC, Noto Sans SC Han, sans-serif'
const family = 'Noto Sans SC'
/** Of a page: its Chinese letters alone, which its text asks for before all other fonts, so that Latin letters are those of the text. */
const hanFamily = 'Noto Sans SC Han'
const han = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: '\u00a0' }

/** Every letter that a picture or a page shows, once, in order of their numbers. */
export function lettersOf(markup: string): string {
  const shown = markup.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/g, ' ').replaceAll(/<[^>]*>/g, ' ')
  const text = shown.replaceAll(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
  return [...new Set(text)].filter((letter) => letter >= ' ').sort().join('')
}

/** Of a page: those beside Chinese, and Chinese. */
export const sortedLetters = (markup: string): { others: string; chinese: string } => {
  const letters = [...lettersOf(markup)]
  return { others: letters.filter((one) => !han.test(one)).join(''), chinese: letters.filter((one) => han.test(one)).join('') }
}

const faceOf = (base64: string, name = family): string => `@font-face{font-family:"${name}";src:url(data:font/ttf;base64,${base64}) format("truetype")}`

/** A picture with its letters inside. */
export const svgWithFont = (svg: string, base64: string): string => svg.replace(/<svg\b[^>]*>/, (open) => `${open}<style>${faceOf(base64)}</style>`)

/** A page with the letters of its figures, and of what it says, inside. */
export const pageWithFonts = (html: string, others: string, chinese: string | null): string =>
  html.replace('<style>', () => `<style>${faceOf(others)}${chinese === null ? '' : faceOf(chinese, hanFamily)}\n`)

/** Letters of a picture of a screen, in the font that it brings along. */
export const inFigureFont = (svg: string): string => svg.replaceAll(/font-family:\s*[^;"']+/g, `font-family:${figureFamily}`).replaceAll(/font-family="[^"]*"/g, `font-family="${figureFamily}"`)
