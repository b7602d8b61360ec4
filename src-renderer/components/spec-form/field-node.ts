import { z } from 'zod'
import { type GeneratorKind, generatorSchemas } from '@shared/domain/generator'
import { runSpecSchema } from '@shared/domain/spec'

/** What a form needs to know of a field; made from the schema, so that a new field of the schema is a new field of the form. */
export type FieldNode =
  | { kind: 'group'; fields: { key: string; node: FieldNode; optional: boolean }[] }
  | { kind: 'number'; integer: boolean; minimum: number | null; maximum: number | null; exclusiveMinimum: boolean; fallback: number | null }
  | { kind: 'text'; maxLength: number | null; fallback: string }
  | { kind: 'enum'; options: string[]; fallback: string }
  /** Numbers separated by commas; `length` where it is fixed. */
  | { kind: 'numbers'; integer: boolean; minimum: number | null; maximum: number | null; length: number | null; fallback: number[] }
  /** A word, a number, or an object with one key that names the choice. */
  | { kind: 'choice'; options: ChoiceOption[]; fallback: unknown }
  | { kind: 'list'; item: FieldNode; fallback: unknown[] }
  /** Groups told apart by their `kind`. */
  | { kind: 'variants'; variants: Record<string, FieldNode & { kind: 'group' }> }

export type ChoiceOption =
  { id: string; shape: 'word' } | { id: string; shape: 'keyed'; node: FieldNode } | { id: string; shape: 'value'; node: FieldNode }

type Schema = z.core.JSONSchema.BaseSchema

const properties = (schema: Schema): [string, Schema][] => Object.entries((schema.properties ?? {}) as Record<string, Schema>)

export function fieldNode(schema: Schema): FieldNode {
  if (schema.oneOf) return variants(schema.oneOf as Schema[])
  if (schema.anyOf) return choice(schema)
  if (schema.enum) {
    const options = schema.enum as string[]
    return { kind: 'enum', options, fallback: (schema.default as string | undefined) ?? options[0]! }
  }
  switch (schema.type) {
    case 'object':
      return group(schema)
    case 'array':
      return list(schema)
    case 'string':
      return { kind: 'text', maxLength: schema.maxLength ?? null, fallback: (schema.default as string | undefined) ?? '' }
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        ...numberRange(schema),
        exclusiveMinimum: schema.exclusiveMinimum !== undefined,
        fallback: (schema.default as number | undefined) ?? null,
      }
    default:
      throw new Error(`the form knows no field for ${JSON.stringify(schema)}`)
  }
}

const numberRange = (schema: Schema): { integer: boolean; minimum: number | null; maximum: number | null } => ({
  integer: schema.type === 'integer',
  minimum: (schema.minimum ?? schema.exclusiveMinimum ?? null) as number | null,
  maximum: (schema.maximum ?? null) as number | null,
})

function group(schema: Schema): FieldNode & { kind: 'group' } {
  const required = new Set(schema.required)
  return {
    kind: 'group',
    fields: properties(schema)
      .filter(([, property]) => property.const === undefined)
      .map(([key, property]) => ({ key, node: fieldNode(property), optional: property.default === undefined && !required.has(key) })),
  }
}

function variants(schemas: Schema[]): FieldNode {
  return {
    kind: 'variants',
    variants: Object.fromEntries(schemas.map((schema) => [(schema.properties!.kind as Schema).const as string, group(schema)])),
  }
}

function list(schema: Schema): FieldNode {
  const items = (schema.prefixItems?.[0] ?? schema.items) as Schema
  const fallback = (schema.default as unknown[] | undefined) ?? []
  if (items.type === 'number' || items.type === 'integer') {
    return { kind: 'numbers', ...numberRange(items), length: schema.prefixItems?.length ?? null, fallback: fallback as number[] }
  }
  return { kind: 'list', item: fieldNode(items), fallback }
}

function choice(schema: Schema): FieldNode {
  const keyed = new Map<string, ChoiceOption>()
  const options: ChoiceOption[] = []
  for (const option of schema.anyOf as Schema[]) {
    if (option.const !== undefined) options.push({ id: option.const as string, shape: 'word' })
    else if (option.enum) options.push(...(option.enum as string[]).map((id): ChoiceOption => ({ id, shape: 'word' })))
    else if (option.type === 'object') {
      const [[id, inner]] = properties(option) as [[string, Schema]]
      keyed.set(id, { id, shape: 'keyed', node: fieldNode(inner) })
    } else options.push({ id: 'value', shape: 'value', node: fieldNode(option) })
  }
  /* `scale` alone is short for {scale: {}}: one entry serves both. */
  const distinct = [...options.filter((option) => !keyed.has(option.id)), ...keyed.values()]
  return { kind: 'choice', options: distinct, fallback: schema.default ?? choiceValue(distinct[0]!) }
}

export function choiceValue(option: ChoiceOption): unknown {
  switch (option.shape) {
    case 'word':
      return option.id
    case 'keyed':
      return { [option.id]: defaultOf(option.node) }
    case 'value':
      return defaultOf(option.node) ?? 1
    default:
      return option satisfies never
  }
}

/** Which of the options a value is, by its form alone. */
export function chosenOption(options: readonly ChoiceOption[], value: unknown): ChoiceOption | undefined {
  if (typeof value === 'string') return options.find((option) => option.id === value)
  if (typeof value === 'object' && value !== null) return options.find((option) => option.shape === 'keyed' && option.id in value)
  return options.find((option) => option.shape === 'value')
}

/** The value a field starts with: everything filled in. `value` holds what is already given. */
export function defaultOf(node: FieldNode, value?: unknown): unknown {
  switch (node.kind) {
    case 'group': {
      const given = (value ?? {}) as Record<string, unknown>
      const filled = node.fields.map((field): [string, unknown] => [
        field.key,
        field.optional && given[field.key] === undefined ? undefined : defaultOf(field.node, given[field.key]),
      ])
      return Object.fromEntries(filled.filter(([, item]) => item !== undefined))
    }
    case 'variants': {
      const kind = (value as { kind?: string } | undefined)?.kind ?? Object.keys(node.variants)[0]!
      const variant = node.variants[kind]
      return variant ? { kind, ...(defaultOf(variant, value) as object) } : value
    }
    case 'choice': {
      const current = value ?? node.fallback
      const option = chosenOption(node.options, current)
      if (option?.shape !== 'keyed') return current
      const inner = typeof current === 'string' ? undefined : (current as Record<string, unknown>)[option.id]
      return { [option.id]: defaultOf(option.node, inner) }
    }
    case 'list':
      return (Array.isArray(value) ? value : node.fallback).map((item) => defaultOf(node.item, item))
    case 'number':
      return value ?? node.fallback ?? node.minimum ?? 0
    case 'text':
    case 'enum':
    case 'numbers':
      return value ?? structuredClone(node.fallback)
    default:
      return node satisfies never
  }
}

/** The form of each generator of data. */
export const generatorNodes = Object.fromEntries(
  Object.entries(generatorSchemas).map(([kind, schema]) => [kind, fieldNode(z.toJSONSchema(schema, { io: 'input' }))]),
) as Record<GeneratorKind, FieldNode & { kind: 'group' }>

export const runSpecNode = fieldNode(z.toJSONSchema(runSpecSchema, { io: 'input' })) as FieldNode & { kind: 'group' }

/** Every path of the form, as dictionaries know it: choices and variants are told apart by name where their fields differ. */
export function fieldPaths(node: FieldNode, path = ''): string[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const own = path === '' ? [] : [path]
  switch (node.kind) {
    case 'group':
      return [...own, ...node.fields.flatMap((field) => fieldPaths(field.node, below(field.key)))]
    case 'variants':
      return [...own, ...Object.values(node.variants).flatMap((variant) => fieldPaths(variant, path).slice(1))]
    case 'choice':
      return [...own, ...node.options.flatMap((option) => (option.shape === 'keyed' ? innerPaths(option.node, below(option.id)) : []))]
    case 'list':
      return [...own, ...fieldPaths(node.item, path).slice(1)]
    default:
      return own
  }
}

/** A choice names its own option; only fields inside it need words of their own. */
const innerPaths = (node: FieldNode, path: string): string[] => (node.kind === 'group' ? fieldPaths(node, path).slice(1) : [])

/** Words of enums and choices, by the path they belong to. */
export function fieldOptions(node: FieldNode, path = ''): { path: string; option: string }[] {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
  switch (node.kind) {
    case 'enum':
      return node.options.map((option) => ({ path, option }))
    case 'group':
      return node.fields.flatMap((field) => fieldOptions(field.node, below(field.key)))
    case 'variants':
      return [
        ...Object.keys(node.variants).map((option) => ({ path: `${path}.kind`, option })),
        ...Object.values(node.variants).flatMap((variant) => fieldOptions(variant, path)),
      ]
    case 'choice':
      return node.options.flatMap((option) => [
        { path, option: option.id },
        ...(option.shape === 'word' ? [] : fieldOptions(option.node, option.shape === 'keyed' ? below(option.id) : path)),
      ])
    case 'list':
      return fieldOptions(node.item, path)
    default:
      return []
  }
}
