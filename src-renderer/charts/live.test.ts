import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { figureKinds } from '@shared/domain/figure-query'

const read = (pattern: string): { name: string; text: string }[] => globSync(pattern, { cwd: 'src-renderer' }).map((path) => ({ name: path, text: readFileSync(`src-renderer/${path}`, 'utf8') }))
const views = read('**/*.vue')
const tags = (text: string, name: string): string[] => [...text.matchAll(new RegExp(`<${name}\\s[^]*?(?<!=)/?>`, 'g'))].map(([tag]) => tag)

/** A chart says so itself, or in each place where it stands. */
const charts = read('charts/*.vue').filter(({ text }) => text.includes('<ChartFrame'))

it.each(charts.map(({ name }) => basename(name, '.vue')))('every %s of the screens says which question it answers, so that it can be live in a report', (chart) => {
  const own = charts.find(({ name }) => name === `charts/${chart}.vue`)!
  const isSaid = (tag: string): boolean => /\s:live="/.test(tag)
  if (tags(own.text, 'ChartFrame').every(isSaid)) return
  const used = views.flatMap(({ text }) => tags(text, chart))
  expect(used.length).toBeGreaterThan(0)
  expect(used.filter((tag) => !isSaid(tag))).toEqual([])
})

it('what they say is a kind of figure that the host draws', () => {
  const said = views.flatMap(({ text }) => [...text.matchAll(/:live="[^"]*?kind: '([\w-]+)'/g)].map(([, kind]) => kind!))
  expect(said.length).toBeGreaterThan(30)
  expect(said.filter((kind) => !(figureKinds as string[]).includes(kind))).toEqual([])
})
