import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { applySetting, readSpecFile } from './spec-file'

const folder = mkdtempSync(join(tmpdir(), 'latent-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('specification files', () => {
  it('YAML and JSON say the same', () => {
    const yaml = file(
      'a.yaml',
      'dataset: iris # flowers\nmodel: {kind: gaussian-mixture, components: 3}\ninference: {kind: em, tolerance: 1e-8}\n',
    )
    const json = file(
      'a.json',
      '{"dataset": "iris", "model": {"kind": "gaussian-mixture", "components": 3}, "inference": {"kind": "em", "tolerance": 1e-8}}',
    )
    expect(readSpecFile(yaml)).toEqual(readSpecFile(json))
    expect(readSpecFile(yaml)['inference']).toEqual({ kind: 'em', tolerance: 1e-8 })
  })

  it.each([
    ['missing.yaml', undefined, /no specification file at .*missing\.yaml/],
    ['broken.yaml', 'model: {kind: [', /broken\.yaml is neither JSON nor YAML/],
    ['list.json', '[1, 2]', /list\.json must hold fields/],
    ['empty.yaml', '', /empty\.yaml must hold fields/],
  ])('%s is refused in one sentence', (name, text, sentence) => {
    const path = text === undefined ? join(folder, name) : file(name, text)
    expect(() => readSpecFile(path)).toThrow(sentence)
  })
})

describe('--set', () => {
  it.each([
    ['model.components=4', { model: { kind: 'm', components: 4 }, preprocess: ['standardize'] }],
    [
      'inference.optimizer={adam: {learningRate: 1e-3}}',
      { model: { kind: 'm' }, preprocess: ['standardize'], inference: { optimizer: { adam: { learningRate: 0.001 } } } },
    ],
    ['preprocess.0=scale', { model: { kind: 'm' }, preprocess: ['scale'] }],
    ['name=a=b', { model: { kind: 'm' }, preprocess: ['standardize'], name: 'a=b' }],
    ['seed=', { model: { kind: 'm' }, preprocess: ['standardize'], seed: null }],
  ])('%s', (setting, expected) => {
    const spec = { model: { kind: 'm' }, preprocess: ['standardize'] }
    applySetting(spec, setting)
    expect(spec).toEqual(expected)
  })

  it.each(['model.components', '=4', 'model..components=4', 'model.kind.x=1', 'seed={'])('refuses %s', (setting) => {
    expect(() => applySetting({ model: { kind: 'm' } }, setting)).toThrow(`--set ${setting}`)
  })

  it('cannot reach what all objects share', () => {
    applySetting({}, '__proto__.polluted=true')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
