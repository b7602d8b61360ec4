import { z } from 'zod'
import { notice } from '../rpc/errors'
import { parseConstraint } from './constraint'
import { metricInfo } from './metric'
import { nearest } from './nearest'
import type { SpecNotice } from './resolve-spec'
import { resolveSpec } from './resolve-spec'
import { type ParameterRange, rangeKinds, type SearchSpace, takes } from './search-space'
import { explainIssue } from './spec-issues'
import { type SweepInput, type SweepPlan, sweepInputSchema } from './sweep'
import { parsePruner } from './pruner-spec'
import type { RunSpec } from './spec'

export interface ResolvedSweep {
  /** With all defaults; null while it cannot be read. */
  plan: SweepPlan | null
  /** The specification without its sweep. */
  base: Record<string, unknown>
  issues: SpecNotice[]
}

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const withSweep = z.looseObject({ sweep: sweepInputSchema })
const at = (path: string, ...[code, details]: Parameters<typeof notice>): SpecNotice => ({ path, ...notice(code, { path, ...details }) })

/** Takes a specification with its `sweep` apart, fills in defaults, and says in words what cannot be. */
export function resolveSweep(input: unknown): ResolvedSweep {
  if (!isGroup(input)) return { plan: null, base: {}, issues: resolveSpec(input).issues }
  const { sweep, ...base } = input
  if (sweep === undefined) return { plan: null, base, issues: [at('sweep', 'sweep/no-sweep')] }
  const early = isGroup(sweep) ? [...checkSpace(sweep['parameters']), ...checkPresence(sweep)] : []
  if (early.length > 0) return { plan: null, base, issues: early }
  const parsed = withSweep.safeParse({ sweep })
  if (!parsed.success) return { plan: null, base, issues: parsed.error.issues.flatMap((issue) => explainIssue(issue, { sweep }, [], withSweep)) }
  const { plan, issues } = complete(parsed.data.sweep, base)
  const found = [...issues, ...checkConditions(plan.parameters), ...checkConstraints(plan), ...checkMethod(plan)]
  return { plan: found.length > 0 ? null : plan, base, issues: found }
}

function checkPresence(sweep: Record<string, unknown>): SpecNotice[] {
  return sweep['objective'] === undefined ? [at('sweep.objective', 'sweep/no-objective')] : []
}

/** What is wrong with ranges, in the words of ranges. */
function checkSpace(space: unknown): SpecNotice[] {
  if (space === undefined || space === null || (isGroup(space) && Object.keys(space).length === 0)) return [at('sweep.parameters', 'sweep/empty-space')]
  if (!isGroup(space)) return []
  return Object.entries(space).flatMap(([path, range]) => checkRange(`sweep.parameters.${path}`, range))
}

function checkRange(path: string, range: unknown): SpecNotice[] {
  const kind = isGroup(range) ? rangeKinds.find((name) => name in range) : undefined
  if (!isGroup(range) || kind === undefined) return [at(path, 'sweep/range-kind', { known: [...rangeKinds], got: JSON.stringify(range) ?? 'nothing' })]
  const given = range[kind]
  if (kind === 'values') return Array.isArray(given) && given.length === 0 ? [at(path, 'sweep/no-values')] : []
  if (!Array.isArray(given) || given.length !== 2 || !given.every((bound) => typeof bound === 'number'))
    return [at(path, 'sweep/range-form', { got: JSON.stringify(given) ?? 'nothing' })]
  const [low, high] = given as [number, number]
  if (low === high) return [at(path, 'sweep/bounds-equal', { low })]
  if (low > high) return [at(path, 'sweep/bounds-reversed', { low, high })]
  if (kind.startsWith('log') && low <= 0) return [at(path, 'sweep/log-of-negative', { low })]
  if (kind.toLowerCase().endsWith('integer') && !given.every(Number.isInteger)) return [at(path, 'sweep/not-whole', { low, high })]
  return []
}

function complete(sweep: SweepInput, base: Record<string, unknown>): { plan: SweepPlan; issues: SpecNotice[] } {
  const objectives = Array.isArray(sweep.objective) ? sweep.objective : [sweep.objective]
  const issues: SpecNotice[] = []
  const objective = objectives.map(({ metric, direction }) => {
    const info = metricInfo[metric.slice(metric.indexOf('/') + 1)]
    if (direction === undefined && info?.better === 'neither') issues.push(at('sweep.objective', 'sweep/objective-direction', { metric }))
    return { metric, direction: direction ?? (info?.better === 'lower' ? ('minimize' as const) : ('maximize' as const)) }
  })
  const seeds = sweep.seeds ?? [typeof base['seed'] === 'number' ? base['seed'] : 1]
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index)
  if (twice !== undefined) issues.push(at('sweep.seeds', 'sweep/seeds-twice', { seed: twice }))
  return { plan: { ...sweep, objective, seeds }, issues }
}

function checkConditions(space: SearchSpace): SpecNotice[] {
  const circle = circleIn(space)
  if (circle) return [at(`sweep.parameters.${circle[0]!}`, 'sweep/condition-circle', { circle: [...circle, circle[0]!].join(' → ') })]
  return Object.entries(space).flatMap(([parameter, { when }]) =>
    Object.entries(when ?? {}).flatMap(([other, value]) => {
      const path = `sweep.parameters.${parameter}`
      const range: ParameterRange | undefined = space[other]
      if (!range || other === parameter) return [at(path, 'sweep/condition-unknown', { other, known: Object.keys(space) })]
      return takes(range, value) ? [] : [at(path, 'sweep/condition-never', { other, value: JSON.stringify(value) })]
    }),
  )
}

/** Parameters each of which hangs on the next, and the last on the first; null where there are none. */
function circleIn(space: SearchSpace): string[] | null {
  const isClear = new Set<string>()
  function from(path: string, way: string[]): string[] | null {
    if (way.includes(path)) return way.slice(way.indexOf(path))
    if (isClear.has(path)) return null
    for (const other of Object.keys(space[path]?.when ?? {})) {
      const found = other === path ? null : from(other, [...way, path])
      if (found) return found
    }
    isClear.add(path)
    return null
  }
  for (const path of Object.keys(space)) {
    const found = from(path, [])
    if (found) return found
  }
  return null
}

function checkConstraints({ parameters, constraints }: SweepPlan): SpecNotice[] {
  return constraints.flatMap((text) => {
    const constraint = parseConstraint(text)
    if (!constraint) return [at('sweep.constraints', 'sweep/constraint-form', { text })]
    const other = constraint.paths.find((path) => !(path in parameters))
    return other === undefined ? [] : [at('sweep.constraints', 'sweep/constraint-unknown', { text, other, known: Object.keys(parameters) })]
  })
}

const followOne = ['cma-es']
function checkMethod({ sampler, pruner, objective }: SweepPlan): SpecNotice[] {
  const count = objective.length
  if (count === 1) return []
  return [
    ...(followOne.includes(sampler) ? [at('sweep.sampler', 'sweep/one-objective-only', { sampler, count })] : []),
    ...(parsePruner(pruner).kind !== 'none' ? [at('sweep.pruner', 'sweep/pruner-one-objective', { count })] : []),
  ]
}

/** What of a plan cannot work with the specification of its trials: metrics that no run reports, pruners without epochs. */
export function checkPlanAgainstSpec({ objective, pruner }: SweepPlan, spec: RunSpec, hasOwnTest: boolean): SpecNotice[] {
  const known = Object.keys(metricInfo)
  const objectives = objective.flatMap(({ metric }) => {
    const [part, name] = metric.split('/') as [string, string | undefined]
    if (name === undefined || !(name in metricInfo) || !['train', 'validation', 'test'].includes(part)) {
      const closest = nearest(name ?? part, known) ?? (spec.inference.kind === 'gradient' ? 'elbo' : 'logLikelihood')
      const place = nearest(part, ['train', 'validation', 'test']) ?? 'train'
      return [at('sweep.objective', 'sweep/objective-unknown', { metric, near: `${place}/${closest}` })]
    }
    const isThere = part === 'train' || (part === 'validation' ? spec.split.validation > 0 : (spec.split.test ?? Number(hasOwnTest)) > 0)
    return isThere ? [] : [at('sweep.objective', 'sweep/objective-part', { metric, part })]
  })
  const { kind } = parsePruner(pruner)
  const needsEpochs = kind !== 'none' && spec.inference.kind !== 'gradient' ? [at('sweep.pruner', 'sweep/pruner-needs-epochs', { pruner: kind, inference: spec.inference.kind })] : []
  return [...objectives, ...needsEpochs]
}
