import type { FigureQuery } from '@shared/domain/figure-query'
import type { ReportBlock } from '@shared/domain/report'
import { AppError } from '@shared/rpc/errors'
import type { BlockContext } from './build'
import type { Block, Figure } from './document'
import { type Drawing } from './figures'
import { drawFigure, mixtureAt, runOf } from './figure-kinds'
import { inFigureFont } from './own-letters'
import { safeSvg } from './safe-svg'
import { mostDrawn, thinCurve } from './thin-curve'

type FigureBlock = Extract<ReportBlock, { kind: 'figure' }>
type StepsBlock = Extract<ReportBlock, { kind: 'em-steps' }>

/** Points of such a curve may be left out: they go on from left to right. */
const goesOn = ({ kind = 'line', step }: Drawing['curves'][number]): boolean => kind === 'line' && step.every((at, index) => index === 0 || at >= step[index - 1]!)
/** Lines of many points are thinned, and the caption says so; points are all drawn. */
function thinned(drawings: readonly Drawing[], { words }: BlockContext): { drawings: Drawing[]; note: string } {
  const drawn = drawings.map(({ curves, ...rest }) => ({ ...rest, curves: curves.map((curve) => (goesOn(curve) ? thinCurve(curve, mostDrawn) : curve)) }))
  const count = (all: readonly Drawing[]): number => all.reduce((sum, { curves }) => sum + curves.reduce((points, { step }) => points + step.length, 0), 0)
  return { drawings: drawn, note: count(drawn) < count(drawings) ? words.thinned(count(drawn), count(drawings)) : '' }
}

/** Iterations that a row of pictures shows: the first three, the middle and the last. */
export const shownIterations = (last: number): number[] => [...new Set([0, 1, 2, Math.round(last / 2), last].filter((one) => one <= last))].sort((a, b) => a - b)

interface Drawn {
  drawings: Drawing[]
  caption: string
}

async function drawQuery(query: FigureQuery, context: BlockContext): Promise<Drawn> {
  const drawn = await drawFigure(query, context)
  const all = drawn === null ? [] : Array.isArray(drawn) ? drawn : [drawn]
  if (all.length === 0) throw new AppError('report/no-figure-data', { figure: query.kind === 'metric' ? query.metric : query.kind })
  const { drawings, note } = thinned(all, context)
  return { drawings, caption: `${context.words.figureCaption(query.kind, captionTitle(all))}${note}` }
}
const captionTitle = (drawings: readonly Drawing[]): string => [...new Set(drawings.map(({ title }) => title))].join(' · ')

async function drawSteps({ run: id, x, y }: StepsBlock, context: BlockContext): Promise<Drawn> {
  const { run } = runOf(context, id)
  const drawings: Drawing[] = []
  for (const iteration of shownIterations(run.iterations ?? 0)) {
    const one = await mixtureAt(run, { iteration, x, y }, context)
    if (!one) throw new AppError('report/no-figure-data', { figure: 'em-steps' })
    drawings.push({ ...one, curves: one.curves.map((curve) => ({ ...curve, label: '' })) })
  }
  return { drawings, caption: context.words.emSteps(`${run.name} · ${run.id}`, shownIterations(run.iterations ?? 0)) }
}

/** Live, or as it was when it was frozen. */
export async function figureBlock(block: FigureBlock | StepsBlock, context: BlockContext): Promise<Block> {
  const frozen = block.kind === 'figure' ? block.frozen : null
  const question = block.kind === 'figure' ? block.figure : { kind: block.kind, run: block.run, x: block.x, y: block.y }
  const { drawings, caption } = frozen
    ? { drawings: frozen.figures, caption: `${frozen.caption} ${context.words.frozenAt(frozen.at)}` }
    : await (block.kind === 'figure' ? drawQuery(block.figure, context) : drawSteps(block, context))
  const figures = drawings.map((one): Figure => ({ ...one, name: context.next('figure') }))
  const data = context.inside.sha256(JSON.stringify(drawings.map(({ curves }) => curves)))
  const datasets = [...new Set(context.runs.map(({ run }) => run.datasetSha256))]
  return { kind: 'figure', figures, caption, about: { query: question, dataSha256: data, datasetSha256: datasets, frozenAt: frozen?.at ?? null } }
}

export async function pinnedBlock({ pinned, at }: Extract<ReportBlock, { kind: 'pinned' }>, context: BlockContext): Promise<Block> {
  const safe = safeSvg(pinned.svg)
  if (safe === null) throw new AppError('report/figure-unsafe', { figure: pinned.title })
  const svg = inFigureFont(safe)
  const name = context.next('chart')
  const data = { query: { path: pinned.path, chart: pinned.chart }, frozenAt: at, dataSha256: context.inside.sha256(JSON.stringify(pinned.table)), ...pinned.table }
  return { kind: 'chart', name, title: `${pinned.title}. ${pinned.summary}`, svg, png: await context.inside.png(svg), data, caption: `${pinned.title}. ${context.words.frozenAt(at)}` }
}
