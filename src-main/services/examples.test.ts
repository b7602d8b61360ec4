import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { exampleSpec } from '@shared/domain/example'
import { checkSpec } from './spec-check'
import { openGallery } from '../datasets/gallery'
import { sampleDataset } from '../datasets/sample-dataset'
import { readExamples } from './examples'

const examples = readExamples(resolve('resources'))
const datasets = new Map<string, Dataset>()

beforeAll(async () => {
  const gallery = openGallery(resolve('resources/datasets'))
  for (const entry of gallery.entries) datasets.set(entry.name, sampleDataset(await gallery.read(entry), entry.name))
})

const issuesOf = async (spec: unknown) =>
  (await checkSpec(spec, { checkDevice: () => [], findDataset: async (name) => datasets.get(name)! })).issues

test.each(examples)('$name: bundled data, and nothing to object to what is fitted', async (example) => {
  const specs: unknown[] = example.selection && 'spec' in example.selection ? [example.selection.spec] : example.runs.map((_, at) => exampleSpec(example, at, 'en'))
  expect(specs.length).toBeGreaterThan(0)
  for (const spec of specs) {
    expect([...datasets.keys()]).toContain((spec as { dataset: string }).dataset)
    expect(await issuesOf(spec)).toEqual([])
  }
})

test('the check of an example sees a field that does not exist', async () => {
  expect(await issuesOf({ ...exampleSpec(examples[0]!, 0, 'en'), modell: 1 })).not.toEqual([])
})

test('runs that are compared bear different names, in both languages', () => {
  for (const language of ['en', 'zh'] as const) {
    const names = examples.flatMap((example) => example.runs.map((_, at) => exampleSpec(example, at, language)['name']))
    expect(new Set(names).size).toBe(names.length)
  }
})

test('no two examples of a subject stand at the same place', () => {
  const places = examples.map(({ subject, order }) => `${subject} ${order}`)
  expect(new Set(places).size).toBe(places.length)
})
