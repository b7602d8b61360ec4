export type Path = readonly (string | number)[]

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined),
    value,
  )
}

/** A copy with one value replaced; undefined removes the key. What is not on the way is shared. */
export function withValueAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === key ? withValueAt(item, rest, replacement) : item))
  const record = (value ?? {}) as Record<string, unknown>
  const inner = withValueAt(record[key], rest, replacement)
  if (inner !== undefined) return { ...record, [key]: inner }
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== String(key)))
}
