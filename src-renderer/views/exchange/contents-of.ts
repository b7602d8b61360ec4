import type { ArchiveCounts } from '@shared/domain/archive'
import { count } from '../../i18n/format'
import type { Language } from '../../i18n/language'

const kinds = ['runs', 'datasets', 'sweeps', 'selections', 'reports'] as const

/** “3 runs, 1 dataset”: what there is none of is left out. */
export function contentsOf(counts: ArchiveCounts, t: (key: string, named: Record<string, unknown>) => string, language: Language): string {
  const parts = kinds.filter((kind) => counts[kind] > 0).map((kind) => t(`exchange.${counts[kind] === 1 ? 'one' : 'many'}.${kind}`, { count: count(counts[kind], language) }))
  return parts.length > 0 ? parts.join(language === 'zh' ? '、' : ', ') : t('exchange.nothing', {})
}
