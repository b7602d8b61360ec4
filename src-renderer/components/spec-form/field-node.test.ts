import { describe, expect, test } from 'vitest'
import { runSpecSchema } from '@shared/domain/spec'
import { generatorEn } from '../../i18n/generator-en'
import { generatorZh } from '../../i18n/generator-zh'
import { specEn } from '../../i18n/spec-en'
import { specZh } from '../../i18n/spec-zh'
import { chosenOption, defaultOf, fieldNode, fieldOptions, fieldPaths, generatorNodes, runSpecNode, type FieldNode } from './field-node'
import { valueAt, withValueAt } from './value-path'

const nodeAt = (path: string): FieldNode => {
  const [head, ...rest] = path.split('.')
  return rest.reduce<FieldNode>(
    (node, key) => (node as FieldNode & { kind: 'group' }).fields.find((field) => field.key === key)!.node,
    runSpecNode.fields.find((field) => field.key === head)!.node,
  )
}

describe('the form made from the schema', () => {
  test.each(['gaussian-mixture', 'vae'])('a filled-in %s form is a valid specification that resolves to itself', (kind) => {
    const given = { dataset: 'faithful', model: { kind }, inference: { kind: kind === 'vae' ? 'gradient' : 'em' } }
    const filled = defaultOf(runSpecNode, given)
    expect(filled).toEqual(runSpecSchema.parse(given))
  })

  test('what is given survives filling in', () => {
    const given = {
      dataset: 'x',
      model: { kind: 'vae', likelihood: { gaussian: {} } },
      inference: { kind: 'gradient', epochs: 3 },
      preprocess: ['scale'],
    }
    const filled = defaultOf(runSpecNode, given)
    expect(valueAt(filled, ['model', 'likelihood'])).toEqual({ gaussian: { variance: 'shared', floor: 1e-3 } })
    expect(valueAt(filled, ['inference', 'epochs'])).toBe(3)
    expect(valueAt(filled, ['preprocess'])).toEqual([{ scale: { to: [0, 1] } }])
    expect(runSpecSchema.safeParse(filled).success).toBe(true)
  })

  test('every field and every word of a choice has a text in both languages', () => {
    for (const table of [specEn, specZh] as Record<string, { title: string; help: string; options?: Record<string, string> }>[]) {
      expect(fieldPaths(runSpecNode).filter((path) => !table[path]?.title || !table[path].help)).toEqual([])
      expect(fieldOptions(runSpecNode).filter(({ path, option }) => !table[path]?.options?.[option])).toEqual([])
    }
  })

  test('every field of a generator has a text in both languages', () => {
    for (const table of [generatorEn, generatorZh]) {
      for (const node of Object.values(generatorNodes)) {
        expect(fieldPaths(node, 'generator').slice(1).filter((path) => !table[path]?.title || !table[path].help)).toEqual([])
        expect(fieldOptions(node, 'generator').filter(({ path, option }) => !table[path]?.options?.[option])).toEqual([])
      }
    }
  })

  test('bounds of numbers come from the schema', () => {
    expect(nodeAt('split.train')).toMatchObject({ kind: 'number', integer: false, minimum: 0, maximum: 1 })
    expect(fieldNode({ type: 'number', exclusiveMinimum: 0 })).toMatchObject({ minimum: 0, exclusiveMinimum: true })
  })

  test('a choice is recognised as word, object and number', () => {
    const options = (
      fieldNode({ anyOf: [{ enum: ['shared', 'learned'], type: 'string' }, { type: 'number' }] }) as FieldNode & { kind: 'choice' }
    ).options
    expect(chosenOption(options, 'learned')?.id).toBe('learned')
    expect(chosenOption(options, 0.5)?.id).toBe('value')
  })

  test('a field the form has no editor for is refused instead of left out', () => {
    expect(() => fieldNode({ type: 'null' })).toThrow('the form knows no field')
  })
})

test('replacing a value copies only what is on the way to it', () => {
  const before = { model: { kind: 'vae', encoder: { mlp: [512] } }, split: { train: 1 } }
  const after = withValueAt(before, ['model', 'encoder', 'mlp'], [64]) as typeof before
  expect(after.model.encoder.mlp).toEqual([64])
  expect(before.model.encoder.mlp).toEqual([512])
  expect(after.split).toBe(before.split)
  expect(withValueAt({ a: 1, b: 2 }, ['b'], undefined)).toEqual({ a: 1 })
})
