import { computed, type ComputedRef } from 'vue'
import { createI18n, useI18n } from 'vue-i18n'
import { type HeldOut, heldOutInWords } from '@shared/domain/held-out'
import type { Notice } from '@shared/domain/run'
import { sentence } from '@shared/messages/messages'
import { metricInfo, metricLabel } from '@shared/domain/metric'
import { en } from './en'
import { zh } from './zh'
import { fieldText, optionText } from './field-text'
import type { Language } from './language'

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Language,
  fallbackLocale: 'en',
  messages: { en, zh },
})

export interface Words {
  t: (key: string, named?: Record<string, unknown>) => string
  language: ComputedRef<Language>
  /** The sentence of an error or warning in the language chosen now. */
  say: (notice: Notice) => string
  metric: (key: string | undefined) => string
  /** How a figure of held-out rows, of one run or of several, was estimated. */
  heldOut: (known: readonly HeldOut[]) => string
  unit: (metricName: string) => string
  field: (path: string) => { title: string; help: string }
  option: (path: string, option: string) => string
}

export function useWords(): Words {
  const { t, te, locale } = useI18n()
  const language = computed(() => locale.value as Language)
  return {
    t: (key, named) => (named ? t(key, named) : t(key)),
    language,
    say: ({ code, details, message }) => sentence(code, details, language.value, message, 'window'),
    // a run of another program has no metric that lists show first
    metric: (key: string | undefined) => (key === undefined ? '—' : metricLabel(key, language.value)),
    heldOut: (known) => heldOutInWords(known, language.value),
    unit: (name) => {
      const unit = metricInfo[name.replace(/\[\d+\]$/, '')]?.unit
      return unit && te(`axis.units.${unit}`) ? t(`axis.units.${unit}`) : ''
    },
    field: (path) => fieldText(path, language.value),
    option: (path, option) => optionText(path, option, language.value),
  }
}
