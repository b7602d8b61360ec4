import { specWords } from '@shared/words/spec-words'
import { shown, type Language } from './document'

/* Parts of a specification as a paper would say them, with the words that the form has for its fields. */

/** Names of people, letters and abbreviations keep their capitals within a sentence. */
const proper = /^(Adam|Dirichlet|Gaussians?|Bernoulli|Poisson|Student|Monte|Gumbel|Core)\b|^\p{Lu}\p{L}*\p{Lu}|^\P{Ll}\P{Ll}|^\P{L}/u
const within = (text: string, language: Language): string => (language === 'en' && !proper.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text)

export const titleOf = (path: string, language: Language): string => within(specWords[language][path]?.title ?? path.slice(path.lastIndexOf('.') + 1), language)
const optionOf = (path: string, option: string, language: Language): string | null => {
  const found = specWords[language][path]?.options?.[option]
  return found === undefined ? null : within(found, language)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** What is not there, or does nothing, is not said; the specification beside says it all. A given start is a table of its own. */
const nothings: readonly unknown[] = ['none', 'ignore', 'refuse', undefined, null]
const offAtZero = new Set(['dropout', 'residualBlocks', 'warmup', 'clip', 'earlyStopping', 'softness', 'freeBits'])
const isSaid = (key: string, value: unknown, beside: Record<string, unknown>): boolean => {
  if (nothings.includes(value) || key === 'kind' || key === 'start' || (Array.isArray(value) && value.length === 0) || (offAtZero.has(key) && value === 0)) return false
  if (key === 'kernel' || key === 'stride') return Array.isArray(beside['channels']) && beside['channels'].length > 0
  if (key === 'componentsPerClass') return beside['labels'] !== 'ignore'
  if (key === 'rates') return isObject(value) && Object.values(value).some((one) => one !== 1)
  // a covariance is that of Gaussian emissions alone
  if (key === 'covariance' || key === 'regularization') return (beside['emissions'] ?? 'gaussian') === 'gaussian'
  // 0: those of the dataset
  if (key === 'classes') return value !== 0
  if (key === 'inner') return beside['mode'] !== 'amortized'
  return true
}

const comma = (language: Language): string => (language === 'zh' ? '，' : ', ')
const bracketed = (text: string, language: Language): string => (text === '' ? '' : language === 'zh' ? `（${text}）` : ` (${text})`)

/** A value by the words of its options: `full`, `Adam (learning rate 0.001)`, `64, 128`. */
export function valueInWords(path: string, value: unknown, language: Language): string {
  if (Array.isArray(value)) return value.map((one) => valueInWords(path, one, language)).join(language === 'zh' ? '、' : ', ')
  if (typeof value === 'number') return shown(value)
  if (!isObject(value)) return optionOf(path, String(value), language) ?? String(value)
  const [key, ...others] = Object.keys(value)
  const chosen = key === undefined || others.length > 0 ? null : optionOf(path, key, language)
  if (chosen === null) return settingsInWords(path, value, language)
  const inner = value[key!]
  return `${chosen}${bracketed(isObject(inner) ? settingsInWords(`${path}.${key!}`, inner, language) : valueInWords(`${path}.${key!}`, inner, language), language)}`
}

/** `components 3, covariance full`; settings of a part of its own in brackets. */
export function settingsInWords(path: string, settings: Record<string, unknown>, language: Language, without: readonly string[] = []): string {
  return Object.entries(settings)
    .filter(([key, value]) => !without.includes(key) && isSaid(key, value, settings))
    .map(([key, value]) => {
      const title = titleOf(`${path}.${key}`, language)
      const said = valueInWords(`${path}.${key}`, value, language)
      const isPart = isObject(value) && Object.keys(value).some((inner) => optionOf(`${path}.${key}`, inner, language) === null)
      return isPart ? `${title}${bracketed(said, language)}` : `${title} ${said}`
    })
    .join(comma(language))
}
