import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runSpecSchema } from '@shared/domain/spec'
import { en } from '../i18n/en'
import { zh } from '../i18n/zh'
import { guidedRuns, tryRuns } from './guided-runs'

const bundled = (JSON.parse(readFileSync('resources/datasets/gallery.json', 'utf8')) as { name: string }[]).map(({ name }) => name)

test.each([...guidedRuns, ...tryRuns])('$title is a valid run on bundled data, with words in both languages', ({ dataset, spec, title, text }) => {
  expect(bundled).toContain(dataset)
  runSpecSchema.parse({ ...spec, dataset })
  for (const key of [title, text]) {
    const name = key.slice('home.'.length) as keyof typeof en.home
    expect(en.home[name]).toBeTruthy()
    expect(zh.home[name]).toBeTruthy()
  }
})
