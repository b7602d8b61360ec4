import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildOnce, latent, type Outcome } from './fixture-command'

const home = mkdtempSync(join(tmpdir(), 'latent-latents-'))
const call = (...args: string[]): Promise<Outcome> => latent([...args, '--json'], { home })
const json = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T
const fit = async (name: string, ...args: string[]): Promise<string> => json<{ id: string }>(await call('run', name, ...args)).id

interface Near {
  z: { row: number; distance: number }[]
  x: { row: number; distance: number }[]
}
interface Evidence {
  logLikelihood: number
  standardError: number
  exact: number
}

const table = (text: string): number[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))

let digits: string
let iris: string
/** 64 pixels, 0 … 16, and the class. */
let rows: number[][]
beforeAll(async () => {
  buildOnce()
  writeFileSync(
    join(home, 'digits.yaml'),
    'dataset: digits\npreprocess: [scale]\nmodel: {kind: vae, latent: 2, encoder: {mlp: [64]}, decoder: {mlp: [64]}, likelihood: bernoulli}\ninference: {kind: gradient, batchSize: 64, epochs: 40}\n',
  )
  writeFileSync(join(home, 'iris.yaml'), 'dataset: iris\npreprocess: [standardize]\nmodel: {kind: ppca, latent: 2}\ninference: {kind: closed-form}\n')
  digits = await fit('digits.yaml')
  await call('data', 'export', 'digits', '--out', 'digits.csv')
  rows = table(readFileSync(join(home, 'digits.csv'), 'utf8'))
  iris = await fit('iris.yaml')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The rows nearest to one, by going through all of them. */
function nearest(points: readonly number[][], row: number, count: number): { row: number; distance: number }[] {
  const own = points[row]!
  return points
    .map((point, at) => ({ row: at, distance: Math.hypot(...point.map((value, column) => value - own[column]!)) }))
    .filter((one) => one.row !== row)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
}
describe('latent neighbours', () => {
  it('finds the rows nearest by their codes and by themselves, as a search of all rows does', async () => {
    const codes = json<number[][]>(await call('apply', digits, 'digits', '--output', 'encode'))
    const found = json<Near>(await call('neighbours', digits, '--row', '11', '--count', '5'))
    const pixels = rows.map((line) => line.slice(0, 64).map((value) => value / 16))
    for (const [near, points] of [[found.z, codes.map((line) => line.slice(0, 2))], [found.x, pixels]] as const) {
      const brute = nearest(points, 11, 5)
      expect(near.map(({ row }) => row)).toEqual(brute.map(({ row }) => row))
      for (const [at, { distance }] of near.entries()) expect(distance).toBeCloseTo(brute[at]!.distance, 4)
    }
  })

  it('names a row that there is not, and how many there are', async () => {
    const refused = await latent(['neighbours', digits, '--row', '5000'], { home })
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toMatch(/5000.*179[67]/)
  })
})

describe('latent embed', () => {
  it('keeps rows of a class together, draws the same map for the same seed, and writes it to a file', async () => {
    const args = ['embed', digits, '--rows', '300', '--neighbours', '10', '--seed', '3']
    const map = json<number[][]>(await call(...args))
    expect(map).toHaveLength(300)
    expect(new Set(map.map(([row]) => row)).size).toBe(300)
    const labels = rows.map((line) => line[64])
    const alike = map.map(([row, x, y], at) => {
      const [near] = nearest(map.map(([, left, up]) => [left!, up!]), at, 1)
      expect(Number.isFinite(x! + y!)).toBe(true)
      return Number(labels[map[near!.row]![0]!] === labels[row!])
    })
    // by chance one in ten
    expect(alike.reduce((sum, value) => sum + value, 0) / 300).toBeGreaterThan(0.5)
    expect((await call(...args, '--out', 'map.csv')).status).toBe(0)
    expect(table(readFileSync(join(home, 'map.csv'), 'utf8'))).toEqual(map)
  })
})

describe('latent overlay', () => {
  it('lays a turned copy of the same codes onto them: PPCA by EM spans what the closed form does', async () => {
    const other = await fit('iris.yaml', '--set', 'inference={kind: em}', '--seed', '9')
    const { disparity, scale, rotation } = json<{ disparity: number; scale: number; rotation: number[][] }>(await call('overlay', iris, other))
    expect(disparity).toBeLessThan(1e-6)
    expect(scale).toBeCloseTo(1, 3)
    const [[a, b], [c, d]] = rotation as [[number, number], [number, number]]
    for (const [value, wanted] of [[a * a + b * b, 1], [c * c + d * d, 1], [a * c + b * d, 0]]) expect(value).toBeCloseTo(wanted!, 10)
    await call('overlay', iris, other, '--out', 'turned.csv')
    const own = json<number[][]>(await call('apply', iris, 'iris', '--output', 'encode'))
    const turned = table(readFileSync(join(home, 'turned.csv'), 'utf8'))
    expect(turned).toHaveLength(own.length)
    for (const [row, code] of turned.entries()) for (const [at, value] of code.entries()) expect(value).toBeCloseTo(own[row]![at]!, 2)
  })

  it('refuses runs of other rows, with how many each has', async () => {
    const refused = await latent(['overlay', iris, digits], { home })
    expect(refused.status).toBe(2)
    expect(refused.stderr).toMatch(/150.*1797/)
  })
})

describe('latent evidence --anneal-from', () => {
  it.each(['prior', 'refined'])('%s: annealed importance sampling is within 4 standard errors of the exact figure', async (from) => {
    const args = ['--estimator', 'ais', '--anneal-from', from, '--samples', '16', '--temperatures', from === 'prior' ? '200' : '20', '--rows', '40', '--seed', '1']
    const { logLikelihood, standardError, exact } = json<Evidence>(await call('evidence', iris, ...args))
    expect(standardError).toBeGreaterThan(0)
    expect(standardError).toBeLessThan(0.05)
    expect(Math.abs(logLikelihood - exact)).toBeLessThan(4 * standardError)
  })
})

describe('latent probe', () => {
  it('on digits two latent dimensions give away more of the class than two principal components', async () => {
    const { representations, measure } = json<{ measure: string; representations: { name: string; columns: number; score: number; standardError: number }[] }>(await call('probe', digits))
    const of = (name: string) => representations.find((one) => one.name === name)!
    const [code, pca] = [of('code'), of('pca')]
    expect({ measure, columns: [code.columns, pca.columns] }).toEqual({ measure: 'accuracy', columns: [2, 2] })
    expect(code.score - pca.score).toBeGreaterThan(4 * Math.hypot(code.standardError, pca.standardError))
  })
})
