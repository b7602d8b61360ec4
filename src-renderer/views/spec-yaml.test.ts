import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { specYaml } from './spec-yaml'

test('lists of plain values stay on one line, and everything reads back', () => {
  const spec = { name: '', preprocess: [{ scale: { to: [0, 1] } }], model: { encoder: { mlp: [512, 64] } }, tolerance: 1e-8 }
  expect(specYaml(spec)).toContain('mlp: [512, 64]')
  expect(specYaml(spec)).toContain('to: [0, 1]')
  expect(parse(specYaml(spec))).toEqual(spec)
})
