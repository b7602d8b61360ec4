import type { ParameterValue, Point } from './search-space'
import { resolveSpec } from './resolve-spec'
import type { SweepPlan } from './sweep'

type Group = Record<string, unknown>
/** Specifications hold what JSON can say. */
const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const isObject = (value: unknown): value is Group => typeof value === 'object' && value !== null

/**
 * The specification of one run of a trial: that of the sweep, with the parameters of the trial at their places. A list that the
 * specification leaves to its default, e.g. the widths of layers, is filled in before one of its entries is set.
 */
export function specOfTrial(base: Group, { parameters }: Pick<SweepPlan, 'parameters'>, point: Point, seed: number): Group {
  const spec = copied(base)
  const defaults = resolveSpec(base).spec
  for (const [path, value] of Object.entries(point)) {
    for (const place of [path, ...(parameters[path]?.also ?? [])]) setAt(spec, place.split('.'), value, defaults)
  }
  spec['seed'] = seed
  return spec
}

function setAt(spec: Group, path: readonly string[], value: ParameterValue, defaults: unknown): void {
  let place = spec
  let usual: unknown = defaults
  for (const [index, name] of path.slice(0, -1).entries()) {
    usual = isObject(usual) ? usual[name] : undefined
    if (!isObject(place[name])) place[name] = /^\d+$/.test(path[index + 1]!) && Array.isArray(usual) ? copied(usual) : {}
    place = place[name] as Group
  }
  place[path.at(-1)!] = value
}
