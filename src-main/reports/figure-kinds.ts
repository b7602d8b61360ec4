import type { FigureKind, FigureQuery } from '@shared/domain/figure-query'
import { dataInFileUnits, frameInFileUnits, paramsInFileUnits, picturesInFileUnits } from '@shared/domain/in-file-units'
import type { InquiryAnswer, InquiryKind } from '@shared/domain/inquiry'
import { mergedFrame } from '@shared/domain/merged-frame'
import { primaryMetric } from '@shared/domain/metric'
import type { Run } from '@shared/domain/run'
import { pointsBack, turnsParameters, turnsPoints, usualUnits, type WayBack } from '@shared/domain/way-back'
import { classShares } from '@shared/math/decision-regions'
import { secondClassShare } from '@shared/math/probit-boundary'
import { spheresOf } from '@shared/math/soft-assignments'
import { AppError } from '@shared/rpc/errors'
import type { BlockContext, ReportedRun } from './build'
import * as draw from './figures'
import type { Drawing } from './figures'
import * as ofGroups from './group-figures'
import * as within from './inside-figures'
import * as ofCodes from './latent-figures'
import * as kept from './stored-figures'
import * as ofSweep from './sweep-figures'

/* How each kind of live figure is drawn: one row a kind. A row asks for what is stored and gives it to a function of numbers alone. */

type Drawn = Drawing | Drawing[] | null
type Rows = { [K in FigureKind]: (query: Extract<FigureQuery, { kind: K }>, context: BlockContext) => Drawn | Promise<Drawn> }

/** The run a block names, or the first of the report. */
export function runOf({ runs }: Pick<BlockContext, 'runs'>, id: string | undefined): ReportedRun {
  const found = id === undefined ? runs[0] : runs.find(({ run }) => run.id === id)
  if (!found) throw new AppError('report/run-gone', { run: id ?? '—' })
  return found
}
const labelOf = ({ run }: { run: Run }): string => `${run.name} · ${run.id}`
const only = ({ runs }: BlockContext, ids: readonly string[] | undefined): ReportedRun[] => (ids ? ids.map((id) => runOf({ runs }, id)) : runs)
/** The runs that are meant, and how they group among themselves. */
function grouped(context: BlockContext, ids: readonly string[] | undefined) {
  const runs = only(context, ids)
  return { runs, groups: ids ? context.groupsOf(runs.map(({ run }) => run)) : (context.comparison?.statistics.groups ?? []) }
}
/** Of the first run that has one. */
const usualMetric = (runs: readonly ReportedRun[]): string => runs.flatMap(({ run }) => primaryMetric[run.spec.model.kind] ?? [])[0] ?? ''

/** The way back to the file's units, where these are wanted and there is one. */
async function wayOf(run: Run, wanted: 'file' | 'model' | undefined, turns: (way: WayBack) => boolean, { inside }: BlockContext): Promise<WayBack | null> {
  if (run.spec.preprocess.length === 0 || wanted === 'model') return null
  const way = await inside.ask(run, 'inspect.wayBack')
  return turns(way) && (wanted ?? usualUnits(way)) === 'file' ? way : null
}
const told = <T>(way: WayBack | null, turn: (way: WayBack, answer: T) => T, answer: T): T => (way ? turn(way, answer) : answer)

interface MixturePlace {
  iteration?: number | undefined
  softness?: number | undefined
  x: number
  y: number
  units?: 'file' | 'model' | undefined
}
/** A mixture after an iteration; where groups of components are given, merged. */
export async function mixtureAt(run: Run, { iteration, x, y, units, softness }: MixturePlace, context: BlockContext, groups?: readonly (readonly number[])[]): Promise<Drawing | null> {
  const { inside, words } = context
  const way = await wayOf(run, softness === undefined ? units : 'model', turnsParameters, context)
  const data = told(way, dataInFileUnits, await inside.ask(run, 'inspect.data'))
  const found = await inside.ask(run, 'inspect.emFrame', { iteration: iteration ?? run.iterations ?? 0 })
  const shown = softness !== undefined ? spheresOf(found, data.features, softness) : groups ? mergedFrame(found, groups) : found
  const frame = told(way, frameInFileUnits, shown)
  const drawn = data.featureNames.length === 1 ? within.densityFigure(frame, data, run.spec.model.kind === 'poisson-mixture', words) : draw.mixtureFigure(frame, data, [x, y], words)
  return drawn && { ...drawn, title: `${labelOf({ run })}, ${drawn.title}` }
}

async function decisions({ run: id, x, y, units }: Extract<FigureQuery, { kind: 'decisions' }>, context: BlockContext): Promise<Drawn> {
  const one = runOf(context, id)
  const { inside } = context
  const way = await wayOf(one.run, units, turnsParameters, context)
  const data = told(way, dataInFileUnits, await inside.ask(one.run, 'inspect.data'))
  const params = told(way, paramsInFileUnits, await inside.ask(one.run, 'inspect.params'))
  const classes = data.classes ?? []
  if (one.run.spec.model.kind === 'bayes-classifier') {
    const [weights, means, covariances] = [params['weights'] as number[], params['means'] as number[][], params['covariances'] as number[][][]]
    const classOf = (params['classes'] as string[]).map((name) => classes.indexOf(name))
    return within.decisionFigure(data, classes, [x, y], (point) => classShares({ weights, means, covariances, classOf }, [x, y], point), labelOf(one))
  }
  const mean = params['coefficients'] as number[] | undefined
  if (!mean) return null
  const posterior = { mean, covariance: params['covariance'] as number[][], hasIntercept: (params['coefficientNames'] as string[])[0] === 'intercept' }
  const width = data.featureNames.length
  const rows = data.features.length / width
  const middle = data.featureNames.map((_, column) => Array.from({ length: rows }, (_row, row) => data.features[row * width + column]!).reduce((sum, value) => sum + value / rows, 0))
  const sharesAt = ([atX, atY]: readonly [number, number]): number[] => {
    const second = secondClassShare(posterior, middle.map((value, column) => (column === x ? atX : column === y ? atY : value)))
    return [1 - second, second]
  }
  return within.decisionFigure(data, classes, [x, y], sharesAt, labelOf(one))
}

async function latent({ run: id, x, y, by = 'dimensions', colour }: Extract<FigureQuery, { kind: 'latent' }>, context: BlockContext): Promise<Drawn> {
  const one = runOf(context, id)
  const latents = await context.inside.ask(one.run, 'inspect.latents')
  const wanted = colour ?? ofCodes.usualColour(latents)
  const errors = wanted === 'error' ? (await context.inside.ask(one.run, 'inspect.reconstructionErrors')).errors : null
  const embedding = by === 'umap' ? answered(one, undefined, 'embedding', context).embedding : null
  return ofCodes.latentFigure({ latents, embedding, errors }, { by, x, y }, wanted, labelOf(one), context.words)
}

async function direction({ run: id, iteration, direction: wanted }: Extract<FigureQuery, { kind: 'direction' }>, context: BlockContext): Promise<Drawn> {
  const one = runOf(context, id)
  const { words } = context
  const curve = await context.inside.ask(one.run, 'inspect.boundCurve', { iteration: iteration ?? one.run.iterations ?? 0, direction: wanted })
  const axis = wanted.kind === 'coordinate' && curve.taken === 'coordinate' ? words.coordinate(wanted.name, wanted.component, curve.columnNames[wanted.column] ?? '') : words.alongStep
  return within.directionFigure(curve, `${labelOf(one)}, ${words.afterIteration(curve.iteration, one.run.iterations ?? curve.iteration)}`, axis, words)
}

/** A kept answer of this kind: the one that is named, or the newest about the run. */
function answered<K extends InquiryKind>({ run }: ReportedRun, inquiry: string | undefined, kind: K, { answer }: BlockContext): Extract<InquiryAnswer, { kind: K }> {
  const found = answer(inquiry === undefined ? { run: run.id, kind } : { inquiry })
  if (found?.kind !== kind) throw new AppError('report/answer-gone', { run: run.id, inquiry: inquiry ?? '—', kind })
  // its kind was just compared
  return found as Extract<InquiryAnswer, { kind: K }>
}

/** Rows as profiles over their features, in the units of the file where they go back. */
async function profile(one: ReportedRun, stacks: readonly { label: string; values: ArrayLike<number> }[], { units, about = '' }: { units: 'file' | 'model' | undefined; about?: string }, context: BlockContext): Promise<Drawing> {
  const way = await wayOf(one.run, units, turnsPoints, context)
  const { featureNames } = await context.inside.ask(one.run, 'inspect.latents')
  const turned = stacks.map(({ label, values }) => ({ label, values: way ? pointsBack(way, values) : values }))
  return within.profileFigure(way?.featureNames ?? featureNames, turned, `${labelOf(one)}${about}`, context.words)
}

function selected(id: string, context: BlockContext) {
  const found = context.selection(id)
  if (!found) throw new AppError('report/selection-gone', { selection: id })
  return found
}

async function swept(id: string | undefined, { sweep, anySweep }: BlockContext) {
  if (id === undefined || id === sweep?.sweep.id) return sweep
  const found = await anySweep(id)
  if (!found) throw new AppError('report/sweep-gone', { sweep: id })
  return found
}

const rows: Rows = {
  metric: ({ metric, beside = [], runs, over, logY = false }, context) => {
    const drawn = draw.metricFigure([metric, ...beside], only(context, runs).map((one) => ({ label: labelOf(one), series: one.series })), over, context.words)
    return drawn && { ...drawn, ...(over === undefined ? {} : { logX: true }), ...(logY ? { logY } : {}) }
  },
  envelope: ({ metric, runs: ids }, context) => {
    const { runs, groups } = grouped(context, ids)
    return ofGroups.envelopeFigure(metric ?? usualMetric(runs), runs, groups, context.words)
  },
  scatter: ({ x, y, runs: ids }, context) => {
    const { runs, groups } = grouped(context, ids)
    return ofGroups.scatterFigure([x, y], runs, groups)
  },
  'scatter-matrix': ({ columns, runs: ids }, context) => {
    const { runs, groups } = grouped(context, ids)
    return ofGroups.scatterMatrixFigures(columns, runs, groups)
  },
  parallel: ({ metric, runs: ids }, context) => {
    const { runs, groups } = grouped(context, ids)
    return ofGroups.parallelFigure(metric ?? usualMetric(runs), runs, groups, context.words)
  },

  bound: ({ run }, context) => {
    const one = runOf(context, run)
    return draw.boundFigure(one.series, labelOf(one), context.words)
  },
  direction,
  mixture: ({ run, ...place }, context) => mixtureAt(runOf(context, run).run, place, context),
  clusters: async ({ run: id, count, ...place }, context) => {
    const { run } = runOf(context, id)
    const { groups, elbow, components } = await context.inside.ask(run, 'inspect.merges')
    const chosen = groups[(count ?? elbow ?? components) - 1]
    return chosen ? mixtureAt(run, place, context, chosen) : null
  },
  merging: async ({ run }, context) => {
    const one = runOf(context, run)
    return within.mergingFigure(await context.inside.ask(one.run, 'inspect.merges'), labelOf(one), context.words)
  },
  restarts: async ({ run }, context) => {
    const one = runOf(context, run)
    return draw.restartFigure(await context.inside.ask(one.run, 'inspect.restarts'), labelOf(one), context.words)
  },
  decisions,
  conditional: async ({ run, target, given }, context) => {
    const one = runOf(context, run)
    const known = given.map(({ column, value }) => `${column} = ${value}`).join(', ')
    const seen = one.run.spec.preprocess.length > 0 ? context.words.asSeen : ''
    const title = `${labelOf(one)}: p(${target.join(', ')}${known && ` | ${known}`})${seen}`
    return within.conditionalFigure(await context.inside.ask(one.run, 'inspect.conditional', { target, given }), given.length > 0, title, context.words)
  },
  filling: async ({ run, x, y }, context) => {
    const one = runOf(context, run)
    return within.fillingFigure(await context.inside.ask(one.run, 'inspect.imputation'), [x, y], labelOf(one), context.words)
  },
  posterior: async ({ run, coordinate }, context) => {
    const one = runOf(context, run)
    return within.posteriorFigure(await context.inside.ask(one.run, 'inspect.propagation'), coordinate, labelOf(one), context.words)
  },
  sites: async ({ run, x, y }, context) => {
    const one = runOf(context, run)
    const [found, data] = [await context.inside.ask(one.run, 'inspect.propagation'), await context.inside.ask(one.run, 'inspect.data')]
    return within.sitesFigure(found, data, [x, y], labelOf(one), context.words)
  },
  states: async ({ run, feature }, context) => {
    const one = runOf(context, run)
    return draw.statesFigure(await context.inside.ask(one.run, 'inspect.states', { horizon: 0 }), feature, labelOf(one), context.words)
  },
  latent,
  'latent-kl': async ({ run }, context) => {
    const one = runOf(context, run)
    return ofCodes.latentKlFigure(await context.inside.ask(one.run, 'inspect.latents'), labelOf(one), context.words)
  },
  aggregate: async ({ run }, context) => ofCodes.aggregateFigures(await context.inside.ask(runOf(context, run).run, 'inspect.latents'), context.words),
  row: async ({ run, row, units }, context) => {
    const { words, inside } = context
    const one = runOf(context, run)
    const { input, reconstruction } = await inside.ask(one.run, 'inspect.item', { row })
    return profile(one, [{ label: words.input, values: input }, { label: words.reconstruction, values: reconstruction }], { units, about: `, ${words.rowNumber(row)}` }, context)
  },
  rows: async ({ run, rows: wanted, units }, context) => {
    const one = runOf(context, run)
    const { values } = await context.inside.ask(one.run, 'inspect.modelRows', { rows: wanted })
    return profile(one, [{ label: context.words.allRows, values }], { units }, context)
  },
  samples: async ({ run, units, ...question }, context) => {
    const one = runOf(context, run)
    const { rows: drawn } = await context.inside.ask(one.run, 'inspect.sample', question)
    const { featureNames } = await context.inside.ask(one.run, 'inspect.latents')
    const kept = featureNames.map((name) => drawn.columns.indexOf(name)).filter((at) => at >= 0)
    const values = Array.from({ length: drawn.rows }, (_, row) => kept.map((at) => drawn.values[row * drawn.columns.length + at]!)).flat()
    return profile(one, [{ label: context.words.samplesDrawn, values }], { units }, context)
  },
  decoded: async ({ run, latent: codes, units, condition }, context) => {
    const one = runOf(context, run)
    const { rows: decoded } = await context.inside.ask(one.run, 'inspect.decode', { latent: codes, ...(condition ? { condition } : {}) })
    const width = decoded.columns.length
    const label = (code: readonly number[]): string => (codes.length > 6 ? '' : `z = (${code.map((value) => value.toPrecision(3)).join(', ')})`)
    const stacks = codes.map((code, at) => ({ label: label(code), values: decoded.values.subarray(at * width, (at + 1) * width) }))
    return profile(one, stacks, { units }, context)
  },
  profiles: async ({ run, step, units }, context) => {
    const one = runOf(context, run)
    const stored = context.inside.pictures(one.run, step)
    if (!stored) return null
    const way = await wayOf(one.run, units, turnsPoints, context)
    const { featureNames } = await context.inside.ask(one.run, 'inspect.latents')
    return within.pictureProfile(told(way, picturesInFileUnits, stored), way?.featureNames ?? featureNames, labelOf(one), context.words)
  },

  evidence: ({ run }, context) => {
    const runs = run === undefined ? context.runs : [runOf(context, run)]
    const answers = runs.flatMap((one) => one.evidence.map((evidence) => ({ label: `${one.run.id} · ${evidence.estimator}`, evidence })))
    return draw.evidenceFigure(answers, context.words.evidence, context.words)
  },
  estimates: ({ run, inquiry, row }, context) => {
    const one = runOf(context, run)
    const evidence = inquiry === undefined ? one.evidence.find(({ scatter }) => scatter.length > 0) : answered(one, inquiry, 'evidence', context).evidence
    return evidence ? kept.estimatesFigures(evidence, row, labelOf(one), context.words) : null
  },
  estimators: ({ run, inquiry }, context) => {
    const one = runOf(context, run)
    return kept.estimatorFigures(answered(one, inquiry, 'estimators', context).bench.estimators, labelOf(one), context.words)
  },
  probe: ({ run, inquiry }, context) => {
    const one = runOf(context, run)
    return kept.probeFigure(answered(one, inquiry, 'probe', context).probing, labelOf(one), context.words)
  },
  gap: ({ run, inquiry, part }, context) => {
    const one = runOf(context, run)
    return kept.gapFigure(answered(one, inquiry, 'gaps', context).gaps, part, labelOf(one), context.words)
  },

  selection: (query, context) => {
    const { selection, units } = selected(query.selection, context)
    return ofGroups.selectionFigure(selection, units, query.criterion, context.words)
  },
  'selection-map': (query, context) => {
    const { selection, units } = selected(query.selection, context)
    return kept.selectionMapFigure(selection, units, query.criterion, context.words)
  },
  ratio: (query, context) => {
    const { selection, units } = selected(query.selection, context)
    return kept.ratioFigure(selection, units, query.components, context.words)
  },

  'sweep-history': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepHistoryFigure(found.sweep, found.trials, context.words)
  },
  'sweep-importance': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepImportanceFigure(found.sweep, found.trials, context.words)
  },
  'sweep-slice': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepSliceFigure(found.sweep, found.trials, query.parameter, context.words)
  },
  'sweep-front': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepFrontFigure(found.sweep, found.trials, context.words)
  },
  'sweep-timeline': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepTimelineFigure(found.sweep, found.trials, context.inside.milliseconds, context.words)
  },
  'sweep-parallel': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepParallelFigure(found.sweep, found.trials, context.words)
  },
  'sweep-contour': async (query, context) => {
    const found = await swept(query.sweep, context)
    return found && ofSweep.sweepContourFigure(found.sweep, found.trials, [query.x, query.y], context.words)
  },
}

/** Every kind has its row, and each row takes its own kind. */
export const drawFigure = (query: FigureQuery, context: BlockContext): Drawn | Promise<Drawn> => (rows[query.kind] as (query: FigureQuery, context: BlockContext) => Drawn | Promise<Drawn>)(query, context)
