import type { Dataset } from '@shared/domain/dataset'
import type { SpecNotice } from '@shared/domain/resolve-spec'
import { checkPlanAgainstSpec, resolveSweep } from '@shared/domain/resolve-sweep'
import { type Point, takes } from '@shared/domain/search-space'
import type { RunSpec } from '@shared/domain/spec'
import type { SweepPlan } from '@shared/domain/sweep'
import { specOfTrial } from '@shared/domain/trial-spec'
import { notice } from '@shared/rpc/errors'
import { allowedBy, mostDraws, randomSampler } from '../search/sampler'
import { countPoints, dimensionsOf, isActive, mostGridPoints } from '../search/space'
import { mostSobolDimensions } from '../search/sobol'
import { checkSpec, type SpecCheckOptions } from './spec-check'

export interface CheckedSweep {
  plan: SweepPlan | null
  base: Record<string, unknown>
  /** Of a trial that can run; null where none was found. */
  spec: RunSpec | null
  dataset: Dataset | null
  issues: SpecNotice[]
}

/** So many points of the space are tried out on paper before a sweep begins. */
const pointsTried = 20

/** Everything that can be said about a sweep before its first trial: the plan, the space, and trials from all over it. */
export async function checkSweep(input: unknown, options: SpecCheckOptions): Promise<CheckedSweep> {
  const { plan, base, issues } = resolveSweep(input)
  if (!plan) return { plan, base, spec: null, dataset: null, issues }
  const none = { plan: null, base, spec: null, dataset: null }
  const ofSpace = checkSpaceOf(plan)
  if (ofSpace.length > 0) return { ...none, issues: ofSpace }
  const points = samplePoints(plan)
  if (points.length === 0) {
    const details = { tried: mostDraws, constraints: plan.constraints.join('; ') }
    return { ...none, issues: [{ path: 'sweep.constraints', ...notice('sweep/constraints-unmet', details) }] }
  }
  return checkTrials(plan, base, points, options)
}

function checkSpaceOf({ parameters, sampler }: SweepPlan): SpecNotice[] {
  const dimensions = dimensionsOf(parameters)
  if (sampler === 'sobol' && dimensions.length > mostSobolDimensions)
    return [{ path: 'sweep.sampler', ...notice('sweep/sobol-dimensions', { most: mostSobolDimensions, count: dimensions.length }) }]
  if (sampler !== 'grid') return []
  const continuous = dimensions.filter(({ cells }) => cells === null).map(({ path }) => path)
  if (continuous.length > 0) return [{ path: 'sweep.sampler', ...notice('sweep/grid-continuous', { paths: continuous }) }]
  const count = dimensions.reduce((product, { cells }) => product * cells!, 1)
  return count > mostGridPoints ? [{ path: 'sweep.sampler', ...notice('sweep/grid-too-large', { count, most: mostGridPoints }) }] : []
}

function samplePoints({ parameters, constraints }: SweepPlan): Point[] {
  const suggest = randomSampler({ space: parameters, seed: 0, constraints })
  const history = Array.from({ length: pointsTried }, () => ({ point: {}, value: null }))
  return history.map((_, index) => suggest(history.slice(0, index))).filter((point) => point !== null)
}

/** Paths that do not exist are always told; other problems only where no point is without one, since a trial may fail on its own. */
async function checkTrials(plan: SweepPlan, base: Record<string, unknown>, points: Point[], options: SpecCheckOptions): Promise<CheckedSweep> {
  const unknown = new Map<string, SpecNotice>()
  let first: SpecNotice[] | null = null
  let found: { spec: RunSpec; dataset: Dataset } | null = null
  for (const point of points) {
    const { spec, dataset, issues } = await checkSpec(specOfTrial(base, plan, point, plan.seeds[0]!), options)
    for (const issue of issues) if (issue.code.startsWith('spec/unknown-key')) unknown.set(issue.path, issue)
    if (spec && dataset && issues.length === 0) found ??= { spec, dataset }
    first ??= issues.length > 0 ? issues : null
  }
  if (unknown.size > 0 || !found) return { plan: null, base, spec: null, dataset: null, issues: unknown.size > 0 ? [...unknown.values()] : (first ?? []) }
  const hasOwnTest = found.spec.split.test === undefined && found.dataset.parts.some(({ name }) => name === 'test')
  const ofPlan = checkPlanAgainstSpec(plan, found.spec, hasOwnTest)
  return { plan: ofPlan.length > 0 ? null : plan, base, spec: found.spec, dataset: found.dataset, issues: ofPlan }
}

/** What is wrong with a point that a person wants tried. */
export function checkPoint({ parameters, constraints }: SweepPlan, point: Point): SpecNotice[] {
  const known = Object.keys(parameters)
  const unknown = Object.keys(point).find((path) => !(path in parameters))
  if (unknown !== undefined) return [{ path: unknown, ...notice('sweep/point-unknown', { path: unknown, known }) }]
  for (const dimension of dimensionsOf(parameters)) {
    const { path, range } = dimension
    const isWanted = isActive(dimension, point)
    const value = point[path]
    if (value === undefined && isWanted) return [{ path, ...notice('sweep/point-missing', { path }) }]
    if (value !== undefined && !takes(range, value)) {
      const { when: _when, also: _also, ...bounds } = range
      return [{ path, ...notice('sweep/point-outside', { path, got: JSON.stringify(value), range: JSON.stringify(bounds) }) }]
    }
  }
  const broken = constraints.find((text) => !allowedBy([text])(point))
  return broken === undefined ? [] : [{ path: 'sweep.constraints', ...notice('sweep/point-constraint', { text: broken }) }]
}

export const pointsOf = ({ parameters, constraints }: SweepPlan): number | null =>
  countPoints(dimensionsOf(parameters), constraints.length > 0 ? allowedBy(constraints) : undefined)
