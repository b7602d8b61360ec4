import type { ComparedCurve, Comparison, ComparisonRequest, RunGroup } from '@shared/domain/comparison'
import { differingPaths, type FlatSpec, groupKey, parametersOf } from '@shared/domain/flat-spec'
import { areAlike, heldOutOf } from '@shared/domain/held-out'
import { editDistance } from '@shared/domain/nearest'
import type { Notice, Run } from '@shared/domain/run'
import { envelopeOf } from '@shared/math/envelope'
import { atOnce, type InSteps, withPauses } from '@shared/math/row-blocks'
import { AppError, notice } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import type { Store } from '../store/store'
import { commonPictures, pictureSheets } from './common-pictures'
import { compareGroups, mostListed, valuesBySeed } from './compare-statistics'
import { gather, labelsOf, pick, tellingPaths } from './group-labels'
import { groupRuns } from './run-groups'
import { findRun } from './run-ids'

/** Runs side by side: what differs, how they end, and whether the difference can be believed. */
export function createCompareMethods(store: Store, folder: Pick<DataFolder, 'runFolder'>): MethodsOf<'compare'> {
  const idOf = (name: string): string => (store.runs.has(name) ? name : findRun(store.runs, name).id)
  const findAll = (ids: readonly string[]): Run[] => [...new Map(ids.map((id) => findRun(store.runs, id)).map((run) => [run.id, run])).values()]
  return {
    // many groups are many tests: others are answered in between
    'compare.runs': (request) => withPauses(comparing(findAll(request.runs), request), pause),
    'compare.curves': ({ runs, key, most }) =>
      runs.flatMap((name): ComparedCurve[] => {
        const id = idOf(name)
        const curve = store.metrics.curve(id, key, most)
        return curve ? [{ id, ...curve }] : []
      }),
    'compare.envelopes': ({ groups, key }) =>
      groups.map((ids) => {
        const curves = ids.flatMap((name) => store.metrics.curve(idOf(name), key) ?? [])
        return { ...envelopeOf(curves), curves: curves.length }
      }),
    'compare.pictures': ({ runs }) => commonPictures(store, runs.map(idOf)),
    'compare.sheets': ({ runs, step }) => pictureSheets(store, folder, { ids: runs.map(idOf), wanted: step }),
    'compare.groups': (request) => groupRuns(store.table, request),
  }
}

const mostNamed = 5
const firstOf = (ids: readonly string[]): string => [...ids.slice(0, mostNamed), ...(ids.length > mostNamed ? ['…'] : [])].join(', ')

interface Member {
  run: Run
  parameters: FlatSpec
}
const membersOf = (runs: readonly Run[]): Member[] => runs.map((run) => ({ run, parameters: parametersOf(run) }))

const pause = (): Promise<void> => new Promise((resume) => setImmediate(resume))

export const compareRuns = (runs: readonly Run[], request: ComparisonRequest): Comparison => atOnce(comparing(runs, request))

function* comparing(runs: readonly Run[], { metrics: wanted, confidence, resamples, seed, against }: ComparisonRequest): InSteps<Comparison> {
  const members = membersOf(runs)
  const groups = gather(members, ({ parameters }) => groupKey(parameters))
  const groupOf = new Map(groups.flatMap((group, index) => group.map(({ run }) => [run.id, index] as const)))
  const differing = differingPaths(members.map(({ parameters }) => parameters))
  const told = tellingPaths(differing)
  const labels = labelsOf(groups.map(([first]) => first!.parameters))
  const keys = [...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)))]
  for (const key of wanted ?? []) {
    if (!keys.includes(key)) throw new AppError('compare/no-such-metric', { metric: key, nearest: nearestOf(key, keys) })
  }
  const heldOut = heldOutFigures(runs)
  const finished = groups.map((group) => group.filter(({ run }) => run.status === 'completed'))
  const compared: Comparison['statistics']['metrics'] = {}
  for (const key of wanted ?? keys) {
    const bySeed = finished.map((group) => valuesBySeed(group.map(({ run }) => ({ seed: run.spec.seed, value: run.metrics[key] }))))
    compared[key] = yield* compareGroups(key, bySeed, { confidence, resamples, seed, against })
  }
  return {
    runs: runs.map((run) => ({ id: run.id, name: run.name, status: run.status, seed: run.spec.seed, group: groupOf.get(run.id)! })),
    differingParameters: Object.fromEntries(
      differing.map((path) => [path, Object.fromEntries(members.flatMap(({ run, parameters }) => (parameters[path] === undefined ? [] : [[run.id, parameters[path]]])))]),
    ),
    metrics: figuresByKey(runs),
    heldOut,
    statistics: {
      ...{ confidence, resamples, seed },
      groups: groups.map((group, index): RunGroup => {
        const parameters = group[0]!.parameters
        const label = labels[index] || group[0]!.run.name
        return { label, parameters: pick(parameters, told), runs: group.map(({ run }) => run.id), seeds: group.map(({ run }) => run.spec.seed) }
      }),
      metrics: compared,
      warnings: [...warningsOf(runs, differing, untestedPairs(finished)), ...unlikeEstimates(heldOut, wanted ?? keys)],
    },
  }
}

/** Over what each run has: thousands of figures that one run in a hundred has are no product of both. */
function figuresByKey(runs: readonly Run[]): Comparison['metrics'] {
  const found: Comparison['metrics'] = {}
  for (const { id, metrics } of runs) for (const [key, value] of Object.entries(metrics)) (found[key] ??= {})[id] = value
  return found
}

function heldOutFigures(runs: readonly Run[]): Comparison['heldOut'] {
  const found: Comparison['heldOut'] = {}
  for (const run of runs) {
    for (const key of Object.keys(run.metrics)) {
      const told = heldOutOf(run, key)
      if (told) (found[key] ??= {})[run.id] = told
    }
  }
  return found
}

/** Bounds beside exact figures, or bounds of another K, say nothing of which model is better. */
const unlikeEstimates = (heldOut: Comparison['heldOut'], keys: readonly string[]): Notice[] =>
  keys.flatMap((key) => (heldOut[key] && !areAlike(Object.values(heldOut[key])) ? [notice('compare/other-estimators', { metric: key })] : []))

const nearestOf = (word: string, names: readonly string[]): string => [...names].sort((left, right) => editDistance(word, left) - editDistance(word, right))[0] ?? '—'

/** What makes figures of different runs no figures of the same thing. */
function warningsOf(runs: readonly Run[], differing: readonly string[], untested: number): Notice[] {
  const unfinished = runs.filter(({ status }) => status !== 'completed')
  const warnings: Notice[] = []
  if (unfinished.length > 0) warnings.push(notice('compare/unfinished', { count: unfinished.length, runs: firstOf(unfinished.map(({ id }) => id)) }))
  if (differing.includes('dataset.sha256')) warnings.push(notice('compare/other-data', { datasets: [...new Set(runs.map(({ datasetName }) => datasetName))].join(', ') }))
  if (differing.some((path) => path === 'preprocess' || path.startsWith('preprocess.'))) warnings.push(notice('compare/other-units', {}))
  if (differing.some((path) => path.startsWith('split.'))) warnings.push(notice('compare/other-split', {}))
  if (untested > 0) warnings.push(notice('compare/untested-pairs', { count: untested }))
  return warnings
}

/** Pairs that are left out since a side has one seed only, where there are too many groups to list them all. */
function untestedPairs(groups: readonly Member[][]): number {
  if (groups.length <= mostListed) return 0
  const several = groups.filter((group) => new Set(group.map(({ run }) => run.spec.seed)).size > 1).length
  return (groups.length * (groups.length - 1)) / 2 - (several * (several - 1)) / 2
}
