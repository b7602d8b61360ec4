/** A leaf of a specification; lists of plain values count as one value. */
export type SpecValue = string | number | boolean | null | SpecValue[]
export type FlatSpec = Record<string, SpecValue>

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): boolean => (Array.isArray(value) ? value.every(isPlain) : !isObject(value))

/** A specification by paths: `{model: {latent: 2}}` → `{'model.latent': 2}`; entries of lists of objects by their index. */
export function flattenSpec(spec: unknown): FlatSpec {
  const flat: FlatSpec = {}
  const walk = (value: unknown, path: string): void => {
    if (value === undefined) return
    if (isPlain(value)) flat[path] = value as SpecValue
    else for (const [key, item] of Object.entries(value as object)) walk(item, path === '' ? key : `${path}.${key}`)
  }
  walk(spec, '')
  return flat
}

/** What may differ between runs of one group: the name is free text, the seed is what is averaged over. */
const notOfTheGroup = new Set(['name', 'seed'])

/** What a run was asked to do: its specification by paths, with the name and the fingerprint of its data. */
export function parametersOf(run: { spec: unknown; datasetName: string; datasetSha256: string }): FlatSpec {
  return { ...flattenSpec(run.spec), dataset: run.datasetName, 'dataset.sha256': run.datasetSha256 }
}

/** The same for runs that differ in nothing but seed and name. */
export const groupKey = (parameters: FlatSpec): string =>
  JSON.stringify(Object.entries(parameters).filter(([path]) => !notOfTheGroup.has(path)).sort(([left], [right]) => (left < right ? -1 : 1)))

/** Paths whose values are not the same in all, in the order in which they first occur; one that only some have differs. */
export function differingPaths(all: readonly FlatSpec[]): string[] {
  const paths = new Set(all.flatMap((parameters) => Object.keys(parameters)))
  return [...paths].filter((path) => path !== 'name' && new Set(all.map((parameters) => JSON.stringify(parameters[path]))).size > 1)
}

/** `2`, `full`, `[512, 256]`, `—` where there is none. */
export const specValueText = (value: SpecValue | undefined): string =>
  value === undefined ? '—' : value === null ? 'null' : Array.isArray(value) ? `[${value.map(specValueText).join(', ')}]` : String(value)
