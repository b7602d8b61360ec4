import type { FigureQuery } from './figure-query'
import type { ReportBlock, ReportTemplate } from './report'

const figure = (query: FigureQuery): ReportBlock => ({ kind: 'figure', figure: query, frozen: null })
const plain = (...kinds: ('preflight' | 'card' | 'specification' | 'results' | 'statistics' | 'curves' | 'pictures' | 'traversals' | 'evidence' | 'methods' | 'environment' | 'reproduction' | 'references')[]): ReportBlock[] =>
  kinds.map((kind) => ({ kind }))
const end = plain('methods', 'environment', 'reproduction', 'references')

/** The blocks a report of its kind begins with; each can be moved, changed and taken out. */
export const templateBlocks: Record<ReportTemplate, readonly ReportBlock[]> = {
  run: [...plain('preflight', 'card', 'specification', 'results', 'curves', 'pictures'), ...end],
  comparison: [...plain('preflight', 'card', 'specification', 'results', 'statistics'), figure({ kind: 'envelope' }), ...plain('curves', 'pictures'), ...end],
  sweep: [
    ...plain('preflight'),
    { kind: 'sweep', trials: 10 },
    figure({ kind: 'sweep-history' }),
    figure({ kind: 'sweep-importance' }),
    figure({ kind: 'sweep-parallel' }),
    ...plain('card', 'results', 'curves'),
    ...end,
  ],
  em: [
    ...plain('preflight', 'card', 'specification', 'results', 'statistics'),
    figure({ kind: 'bound' }),
    { kind: 'em-steps', x: 0, y: 1 },
    figure({ kind: 'mixture', x: 0, y: 1 }),
    figure({ kind: 'restarts' }),
    ...end,
  ],
  vae: [
    ...plain('preflight', 'card', 'specification', 'results', 'statistics', 'evidence'),
    figure({ kind: 'envelope' }),
    ...plain('curves'),
    figure({ kind: 'latent-kl' }),
    figure({ kind: 'latent', x: 0, y: 1 }),
    ...plain('pictures', 'traversals'),
    ...end,
  ],
}

/** The template that fits what a report is of. */
export function usualTemplate({ kinds, runs, sweep }: { kinds: readonly string[]; runs: number; sweep: boolean }): ReportTemplate {
  if (sweep) return 'sweep'
  if (runs === 1) return 'run'
  if (kinds.every((kind) => kind.endsWith('vae'))) return 'vae'
  return 'comparison'
}
