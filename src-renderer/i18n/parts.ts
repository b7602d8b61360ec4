import type { useWords } from './i18n'

const parts = ['train', 'validation', 'test'] as const

/** A part of a run's data in words; whole datasets go by their names. */
export function partInWords(t: ReturnType<typeof useWords>['t'], name: string): string {
  const part = parts.find((one) => one === name)
  return part ? t(`evidence.parts.${part}`) : name
}
