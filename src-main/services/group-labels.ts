import { differingPaths, type FlatSpec, specValueText } from '@shared/domain/flat-spec'

/** The fingerprint tells apart data of one name; the name says enough where that is not needed. */
export function tellingPaths(differing: readonly string[]): string[] {
  const paths = differing.filter((path) => path !== 'seed')
  return paths.includes('dataset') ? paths.filter((path) => path !== 'dataset.sha256') : paths
}

const shortName = (path: string): string => {
  const parts = path.split('.')
  return /^\d+$/.test(parts.at(-1)!) ? parts.slice(-2).join('.') : parts.at(-1)!
}

type Text = typeof specValueText
const inShort: Text = (value) => specValueText(typeof value === 'number' ? Number(value.toPrecision(4)) : value)

function labelOf(parameters: FlatSpec, paths: readonly string[], text: Text): string {
  const names = paths.map(shortName)
  const present = paths.flatMap((path, index) => {
    if (parameters[path] === undefined) return []
    const name = names.filter((other) => other === names[index]).length > 1 ? path : names[index]
    return [`${name}=${text(parameters[path]).slice(0, 40)}`]
  })
  return present.join(' ')
}

/** Numbers with four digits, and with all they have where those do not tell the groups apart. */
function labelled(groups: readonly FlatSpec[], pathsOf: (parameters: FlatSpec) => readonly string[]): string[] {
  const short = groups.map((parameters) => labelOf(parameters, pathsOf(parameters), inShort))
  const seen = new Map<string, number>()
  for (const label of short) seen.set(label, (seen.get(label) ?? 0) + 1)
  return groups.map((parameters, index) => (seen.get(short[index]!)! > 1 ? labelOf(parameters, pathsOf(parameters), specValueText) : short[index]!))
}

/** By fields that were asked for. */
export const labelsBy = (groups: readonly FlatSpec[], paths: readonly string[]): string[] => labelled(groups, () => paths)

/** By the fields in which a group differs from others of its kind (those of other kinds say nothing of it), and by dataset and kind of model where there are several. */
export function labelsOf(groups: readonly FlatSpec[]): string[] {
  const differing = differingPaths(groups)
  const kinds = ['dataset', 'model.kind'].filter((path) => differing.includes(path))
  const kindOf = (parameters: FlatSpec): string => kinds.map((path) => specValueText(parameters[path])).join('\n')
  const within = new Map(gather(groups, kindOf).map((alike) => [kindOf(alike[0]!), [...tellingPaths(differingPaths(alike)), ...kinds]]))
  return labelled(groups, (parameters) => within.get(kindOf(parameters))!)
}

export const pick = (parameters: FlatSpec, paths: readonly string[]): FlatSpec =>
  Object.fromEntries(paths.flatMap((path) => (parameters[path] === undefined ? [] : [[path, parameters[path]]])))

/** Members with the same key together, in the order in which their keys occur first. */
export function gather<T>(members: readonly T[], keyOf: (member: T) => string | number): T[][] {
  const groups = new Map<string | number, T[]>()
  for (const member of members) {
    const key = keyOf(member)
    const group = groups.get(key)
    if (group) group.push(member)
    else groups.set(key, [member])
  }
  return [...groups.values()]
}
