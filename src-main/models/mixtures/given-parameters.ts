import type { Mixture, MixtureFamily, StoredValues } from './mixture-family'

/* Parameters as they are told (`describe`), back to a mixture. */

/** Why numbers that were given are no mixture; `name` is the group of parameters. */
export interface BadParameters {
  kind: 'absent' | 'size' | 'not-finite' | 'weights'
  name: string
  expected: number
  got: number
}

/** What a stored array is called where parameters are told. */
const toldAs: Record<string, readonly string[]> = {
  covariances: ['covariances', 'scales'],
  parameters: ['probabilities', 'rates', 'parameters'],
}

/**
 * @param told      parameters by name, as `describe` gives them, in the units of `template`
 * @param template  any mixture of the family: it says which arrays there are, how large, and holds what nobody tells
 */
export function mixtureFrom<P extends Mixture>(family: MixtureFamily<P>, template: P, told: Readonly<Record<string, unknown>>): P | BadParameters {
  const arrays: Record<string, StoredValues> = {}
  for (const [name, stored] of Object.entries(family.arrays(template))) {
    if (name === 'noiseLogDensity') {
      arrays[name] = stored
      continue
    }
    const key = (toldAs[name] ?? [name]).find((candidate) => candidate in told)
    const shown = key ?? toldAs[name]?.[0] ?? name
    const given = key === undefined ? [] : numbersIn(told[key])
    if (given.length === 0) return { kind: 'absent', name: shown, expected: stored.values.length, got: 0 }
    if (given.some((value) => !Number.isFinite(value))) return { kind: 'not-finite', name: shown, expected: stored.values.length, got: given.length }
    const values = name === 'covariances' ? covariancesAs(given, stored, family) : given.length === stored.values.length ? Float64Array.from(given) : null
    if (!values) return { kind: 'size', name: shown, expected: stored.values.length, got: given.length }
    arrays[name] = { shape: stored.shape, values }
  }
  const weights = arrays['weights']?.values
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 1
  if (weights?.some((weight) => !(weight > 0)) || Math.abs(sum - 1) > 1e-6) return { kind: 'weights', name: 'weights', expected: 1, got: sum }
  return family.fromArrays(arrays)
}

/** All numbers of nested lists, in order; what is no number is NaN. */
function numbersIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersIn)
  return [typeof value === 'number' ? value : NaN]
}

/** Covariances are told as a matrix for each component, however they are stored. */
function covariancesAs(given: readonly number[], { values }: StoredValues, { columns, clusters, components }: Pick<MixtureFamily<never>, 'columns' | 'clusters' | 'components'>): Float64Array | null {
  const count = clusters ?? components
  const size = columns * columns
  if (given.length !== count * size) return given.length === values.length ? Float64Array.from(given) : null
  if (values.length === given.length) return Float64Array.from(given)
  const diagonal = (k: number, column: number): number => given[k * size + column * (columns + 1)]!
  if (values.length === count * columns) return Float64Array.from(values, (_, index) => diagonal(Math.floor(index / columns), index % columns))
  if (values.length === count) {
    return Float64Array.from(values, (_, k) => Array.from({ length: columns }, (_unused, column) => diagonal(k, column)).reduce((sum, value) => sum + value / columns, 0))
  }
  return Float64Array.from({ length: size }, (_, index) => Array.from({ length: count }, (_unused, k) => given[k * size + index]!).reduce((sum, value) => sum + value / count, 0))
}
