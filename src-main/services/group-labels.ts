import { type FlatSpec, specValueText } from '@shared/domain/flat-spec'

/** The fingerprint tells apart data of one name; the name says enough where that is not needed. */
export function tellingPaths(differing: readonly string[]): string[] {
  const paths = differing.filter((path) => path !== 'seed')
  return paths.includes('dataset') ? paths.filter((path) => path !== 'dataset.sha256') : paths
}

const shortName = (path: string): string => {
  const parts = path.split('.')
  return /^\d+$/.test(parts.at(-1)!) ? parts.slice(-2).join('.') : parts.at(-1)!
}
export function labelOf(parameters: FlatSpec, paths: readonly string[]): string {
  const names = paths.map(shortName)
  const present = paths.flatMap((path, index) => {
    if (parameters[path] === undefined) return []
    const name = names.filter((other) => other === names[index]).length > 1 ? path : names[index]
    return [`${name}=${specValueText(parameters[path]).slice(0, 40)}`]
  })
  return present.join(' ')
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
