import type { FieldText } from './spec-en'

/** Words of fields that stand in several places of the specification: their keys below `name`. */
export const under = <Name extends string, Key extends string>(name: Name, words: Record<Key, FieldText>): Record<`${Name}.${Key}`, FieldText> =>
  Object.fromEntries(Object.entries(words).map(([key, text]) => [`${name}.${key}`, text])) as Record<`${Name}.${Key}`, FieldText>
