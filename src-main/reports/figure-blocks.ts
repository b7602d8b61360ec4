import type { FigureQuery } from '@shared/domain/report-figure'
import type { ReportBlock } from '@shared/domain/report'
import { primaryMetric } from '@shared/domain/metric'
import { AppError } from '@shared/rpc/errors'
import type { BlockContext, ReportedRun } from './build'
import { inFigureFont } from './own-letters'
import { safeSvg } from './safe-svg'
import type { Block, Figure } from './document'
import * as draw from './figures'
import { envelopeFigure, scatterFigure, selectionFigure } from './group-figures'
import * as ofSweep from './sweep-figures'
import { mostDrawn, thinCurve } from './thin-curve'

type FigureBlock = Extract<ReportBlock, { kind: 'figure' }>
type StepsBlock = Extract<ReportBlock, { kind: 'em-steps' }>
type Drawing = Omit<Figure, 'name'>

/** The run a block names, or the first of the report. */
export function runOf({ runs }: Pick<BlockContext, 'runs'>, id: string | undefined): ReportedRun {
  const found = id === undefined ? runs[0] : runs.find(({ run }) => run.id === id)
  if (!found) throw new AppError('report/run-gone', { run: id ?? '—' })
  return found
}
const labelOf = ({ run }: ReportedRun): string => `${run.name} · ${run.id}`

async function drawing(query: FigureQuery, context: BlockContext): Promise<Drawing | null> {
  const { words, inside, runs, sweep, comparison } = context
  switch (query.kind) {
    case 'metric':
      return draw.metricFigure(query.metric, runs.map((one) => ({ label: labelOf(one), series: one.series })), words)
    case 'envelope':
      return envelopeFigure(query.metric ?? usualMetric(runs), runs, comparison?.statistics.groups ?? [], words)
    case 'scatter':
      return scatterFigure([query.x, query.y], runs, comparison?.statistics.groups ?? [])
    case 'selection': {
      const found = context.selection(query.selection)
      if (!found) throw new AppError('report/selection-gone', { selection: query.selection })
      return selectionFigure(found.selection, found.units, query.criterion, words)
    }
    case 'bound': {
      const one = runOf(context, query.run)
      return draw.boundFigure(one.series, labelOf(one), words)
    }
    case 'mixture': {
      const { run } = runOf(context, query.run)
      const frame = await inside.emFrame(run, query.iteration ?? run.iterations ?? 0)
      return draw.mixtureFigure(frame, await inside.data(run), [query.x, query.y], words)
    }
    case 'restarts': {
      const one = runOf(context, query.run)
      return draw.restartFigure(await inside.restarts(one.run), labelOf(one), words)
    }
    case 'latent': {
      const one = runOf(context, query.run)
      return draw.latentFigure(await inside.latents(one.run), [query.x, query.y], labelOf(one), words)
    }
    case 'latent-kl': {
      const one = runOf(context, query.run)
      return draw.latentKlFigure(await inside.latents(one.run), labelOf(one), words)
    }
    case 'evidence': {
      const answers = runs.flatMap((one) => one.evidence.map((evidence) => ({ label: `${one.run.id} · ${evidence.estimator}`, evidence })))
      return draw.evidenceFigure(answers, words.evidence, words)
    }
    case 'states': {
      const one = runOf(context, query.run)
      return draw.statesFigure(await inside.states(one.run), query.feature, labelOf(one), words)
    }
    case 'sweep-history':
      return sweep && ofSweep.sweepHistoryFigure(sweep.sweep, sweep.trials, words)
    case 'sweep-importance':
      return sweep && ofSweep.sweepImportanceFigure(sweep.sweep, sweep.trials, words)
    case 'sweep-slice':
      return sweep && ofSweep.sweepSliceFigure(sweep.sweep, sweep.trials, query.parameter, words)
    case 'sweep-front':
      return sweep && ofSweep.sweepFrontFigure(sweep.sweep, sweep.trials, words)
    case 'sweep-timeline':
      return sweep && ofSweep.sweepTimelineFigure(sweep.sweep, sweep.trials, inside.milliseconds, words)
    case 'sweep-parallel':
      return sweep && ofSweep.sweepParallelFigure(sweep.sweep, sweep.trials, words)
    case 'sweep-contour':
      return sweep && ofSweep.sweepContourFigure(sweep.sweep, sweep.trials, [query.x, query.y], words)
  }
}

/** Of the first run that has one. */
const usualMetric = (runs: readonly ReportedRun[]): string => runs.flatMap(({ run }) => primaryMetric[run.spec.model.kind] ?? [])[0] ?? ''

/** Points of such a curve may be left out: they go on from left to right. */
const goesOn = ({ kind = 'line', step }: Drawing['curves'][number]): boolean => kind === 'line' && step.every((at, index) => index === 0 || at >= step[index - 1]!)
/** Lines of many points are thinned, and the caption says so; points are all drawn. */
function thinned({ curves, ...rest }: Drawing, { words }: BlockContext): { drawing: Drawing; note: string } {
  const drawn = curves.map((curve) => (goesOn(curve) ? thinCurve(curve, mostDrawn) : curve))
  const count = (all: Drawing['curves']): number => all.reduce((sum, { step }) => sum + step.length, 0)
  return { drawing: { ...rest, curves: drawn }, note: count(drawn) < count(curves) ? words.thinned(count(drawn), count(curves)) : '' }
}

/** Iterations that a row of pictures shows: the first three, the middle and the last. */
export const shownIterations = (last: number): number[] => [...new Set([0, 1, 2, Math.round(last / 2), last].filter((one) => one <= last))].sort((a, b) => a - b)

interface Drawn {
  drawings: Drawing[]
  caption: string
}

async function drawQuery(query: FigureQuery, context: BlockContext): Promise<Drawn> {
  const drawn = await drawing(query, context)
  if (!drawn) throw new AppError('report/no-figure-data', { figure: query.kind === 'metric' ? query.metric : query.kind })
  const { drawing: thin, note } = thinned(drawn, context)
  return { drawings: [thin], caption: `${context.words.figureCaption(query.kind, drawn.title)}${note}` }
}

async function drawSteps({ run: id, x, y }: StepsBlock, context: BlockContext): Promise<Drawn> {
  const { run } = runOf(context, id)
  const data = await context.inside.data(run)
  const drawings: Drawing[] = []
  for (const iteration of shownIterations(run.iterations ?? 0)) {
    const one = draw.mixtureFigure(await context.inside.emFrame(run, iteration), data, [x, y], context.words)
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
