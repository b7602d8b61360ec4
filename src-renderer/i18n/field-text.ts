import { generatorEn } from './generator-en'
import { generatorZh } from './generator-zh'
import type { Language } from './language'
import { specEn, type FieldText } from './spec-en'
import { specZh } from './spec-zh'

const tables: Record<Language, Record<string, FieldText>> = { en: { ...specEn, ...generatorEn }, zh: { ...specZh, ...generatorZh } }

/** Title, help and words of a field of the specification or of a generator; a field the dictionaries do not know shows its own name. */
export const fieldText = (path: string, language: Language): FieldText =>
  tables[language][path] ?? { title: path.slice(path.lastIndexOf('.') + 1), help: '' }

export const optionText = (path: string, option: string, language: Language): string =>
  fieldText(path, language).options?.[option] ?? option
