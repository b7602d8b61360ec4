import { z } from 'zod'

/* Walks of the specification's schema, for explanations: which fields and choices there are at a place. */

type Path = readonly PropertyKey[]

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return unwrap(schema.unwrap() as z.ZodType)
  }
  return schema
}

const branches = (schema: z.ZodUnion): z.ZodType[] => (schema.options as z.ZodType[]).map(unwrap)

/** The schema at a path. Of a union, the branch that the input chose by its kind, else the first that has the next field. */
export function schemaAt(schema: z.ZodType, path: Path, input: unknown): z.ZodType | null {
  const here = unwrap(schema)
  const [name, ...rest] = path
  if (name === undefined) return here
  if (here instanceof z.ZodUnion) {
    const branch = chosen(here, input) ?? branches(here).find((one) => one instanceof z.ZodObject && name in one.shape)
    return branch ? schemaAt(branch, path, input) : null
  }
  const below = typeof input === 'object' && input !== null ? (input as Record<PropertyKey, unknown>)[name] : undefined
  if (here instanceof z.ZodObject) {
    const field = (here.shape as Record<PropertyKey, z.ZodType>)[name]
    return field ? schemaAt(field, rest, below) : null
  }
  if (here instanceof z.ZodArray) return schemaAt(here.element as z.ZodType, rest, below)
  if (here instanceof z.ZodRecord) return schemaAt(here.valueType as z.ZodType, rest, below)
  return null
}

function chosen(union: z.ZodUnion, input: unknown): z.ZodType | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const kind = (input as Record<string, unknown>)['kind']
  return branches(union).find((branch) => {
    const literal = branch instanceof z.ZodObject ? unwrap((branch.shape as Record<string, z.ZodType>)['kind'] ?? z.never()) : null
    return literal instanceof z.ZodLiteral && literal.values.has(kind as string)
  })
}

/** Names of the fields at a path. */
export function fieldsAt(schema: z.ZodType, path: Path, input: unknown): string[] {
  const here = schemaAt(schema, path, input)
  if (here instanceof z.ZodObject) return Object.keys(here.shape as object)
  if (!(here instanceof z.ZodUnion)) return []
  const branch = chosen(here, path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], input))
  const objects = branch ? [branch] : branches(here)
  return [...new Set(objects.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape as object) : [])))]
}

/** Every place where a field of this name stands, e.g. components → model.components. */
export function pathsTo(schema: z.ZodType, name: string, prefix: readonly string[] = []): string[] {
  const here = unwrap(schema)
  if (here instanceof z.ZodUnion) return [...new Set(branches(here).flatMap((branch) => pathsTo(branch, name, prefix)))]
  if (!(here instanceof z.ZodObject)) return []
  return Object.entries(here.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const path = [...prefix, key]
    return [...(key === name ? [path.join('.')] : []), ...pathsTo(field, name, path)]
  })
}

export interface Option {
  label: string
  /** Fields of the option, where it is a group. */
  fields: string[]
}

/** The ways to write a value, one per branch of a union, in its order. */
export function optionsOf(schema: z.ZodType): Option[] {
  const here = unwrap(schema)
  if (!(here instanceof z.ZodUnion)) return []
  return branches(here).map((branch) => {
    if (branch instanceof z.ZodLiteral) return { label: [...branch.values].join(', '), fields: [] }
    if (branch instanceof z.ZodEnum) return { label: branch.options.join(', '), fields: [] }
    if (branch instanceof z.ZodNumber) return { label: 'a number', fields: [] }
    const fields = branch instanceof z.ZodObject ? Object.keys(branch.shape as object) : []
    const kind = branch instanceof z.ZodObject ? unwrap((branch.shape as Record<string, z.ZodType>)['kind'] ?? z.never()) : null
    if (kind instanceof z.ZodLiteral) return { label: [...kind.values].join(', '), fields: [] }
    return { label: `{${fields[0] ?? ''}: …}`, fields }
  })
}
