import { specEn, type FieldText } from './spec-en'
import { specZh } from './spec-zh'

/** Title, help and words of the values of every field of a specification, by its path. */
export const specWords: Record<'en' | 'zh', Record<string, FieldText>> = { en: specEn, zh: specZh }
