import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { en } from './en'
import { zh } from './zh'

const flatten = (dictionary: object, path = ''): [string, string][] =>
  Object.entries(dictionary).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flatten(value as object, `${path}${key}.`),
  )
const english = new Map(flatten(en))
const chinese = new Map(flatten(zh))
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()

const sources = readdirSync(resolve('src-renderer'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path) && !path.endsWith('.test.ts'))
  .map((path) => readFileSync(join('src-renderer', path), 'utf8'))

test('every key used in the source is in the dictionary', () => {
  const used = sources.flatMap((source) => [...source.matchAll(/\bt\('([a-zA-Z.]+)'/g)].map(([, key]) => key!))
  expect(used.length).toBeGreaterThan(50)
  expect([...new Set(used)].filter((key) => !english.has(key))).toEqual([])
})

test('both languages name the same placeholders', () => {
  const differing = [...english].filter(([key, text]) => placeholders(text).join() !== placeholders(chinese.get(key) ?? '').join())
  expect(differing.map(([key]) => key)).toEqual([])
})

test('no text holds a character that vue-i18n would take for syntax', () => {
  const suspicious = [...english, ...chinese].filter(([, text]) => /[@|]/.test(text))
  expect(suspicious).toEqual([])
})
