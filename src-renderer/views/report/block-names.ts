import type { ReportBlock } from '@shared/domain/report'
import type { FigureQuery } from '@shared/domain/figure-query'

type Translate = (key: string, named?: Record<string, unknown>) => string

export function figureName(query: FigureQuery, t: Translate, metric: (key: string) => string, runName: (id: string) => string): string {
  const { run } = query as { run?: string }
  const ofRun = run === undefined ? t('report.firstRun') : runName(run)
  const of = ofWhat(query, metric) ?? ofRun
  return t(`report.figureNames.${query.kind}`, { of })
}

/** What a figure is of, where it is of no run. */
function ofWhat(query: FigureQuery, metric: (key: string) => string): string | null {
  switch (query.kind) {
    case 'metric':
      return metric(query.metric)
    case 'envelope':
    case 'parallel':
      return query.metric === undefined ? '' : metric(query.metric)
    case 'scatter':
      return `${metric(query.y)} · ${query.x}`
    case 'scatter-matrix':
      return query.columns.map(metric).join(' · ')
    case 'conditional':
      return [query.target.join(', '), query.given.map(({ column, value }) => `${column} = ${value}`).join(', ')].filter(Boolean).join(' ∣ ')
    case 'selection':
    case 'selection-map':
    case 'ratio':
      return query.selection
    case 'sweep-slice':
      return query.parameter
    case 'sweep-contour':
      return `${query.x} · ${query.y}`
    default:
      return null
  }
}

/** A line of the outline: what the block is, and enough of it to be told from its like. */
export function blockName(block: ReportBlock, t: Translate, metric: (key: string) => string, runName: (id: string) => string): string {
  switch (block.kind) {
    case 'text': {
      const first = block.text.split('\n').find((line) => line.trim() !== '')?.replace(/^[#>\s*-]+/, '').slice(0, 60)
      return first || t('report.blocks.text')
    }
    case 'figure':
      return figureName(block.figure, t, metric, runName)
    case 'pinned':
      return block.pinned.title
    default:
      return t(`report.blocks.${block.kind}`)
  }
}
