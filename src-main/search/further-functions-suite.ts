import type { Point } from '@shared/domain/search-space'
import { fillNormal } from '@shared/math/random'
import { box, branin, hartmann6, numbersOf, type TestFunction } from './test-functions-suite'

/* What samplers were not tuned on: other landscapes, spaces of mixed kinds, conditional ones, values with noise. */

const onBox = (name: string, [dimensions, low, high]: [number, number, number], least: number, at: (x: number[]) => number): TestFunction => ({
  ...{ name, least, space: box(dimensions, low, high) },
  at: (point) => at(numbersOf(point)),
})
const sum = (x: readonly number[], of: (value: number, index: number) => number): number => x.reduce((total, value, index) => total + of(value, index), 0)
const product = (x: readonly number[], of: (value: number, index: number) => number): number => x.reduce((total, value, index) => total * of(value, index), 1)

const rastrigin5 = onBox('Rastrigin5', [5, -5.12, 5.12], 0, (x) => 50 + sum(x, (v) => v * v - 10 * Math.cos(2 * Math.PI * v)))
const griewank5 = onBox('Griewank5', [5, -600, 600], 0, (x) => 1 + sum(x, (v) => v * v) / 4000 - product(x, (v, i) => Math.cos(v / Math.sqrt(i + 1))))
const styblinski5 = onBox('Styblinski5', [5, -5, 5], -39.16616570377142 * 5, (x) => 0.5 * sum(x, (v) => v ** 4 - 16 * v * v + 5 * v))
const levy5 = onBox('Levy5', [5, -10, 10], 0, (x) => {
  const w = x.map((v) => 1 + (v - 1) / 4)
  const last = w.at(-1)!
  const inside = sum(w.slice(0, -1), (v) => (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2))
  return Math.sin(Math.PI * w[0]!) ** 2 + inside + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
})
const sphere10 = onBox('Sphere10', [10, -5, 5], 0, (x) => sum(x, (v) => (v - 1) ** 2))
const camel = onBox('Camel', [2, -3, 3], -1.031628453489877, ([a, b]) => (4 - 2.1 * a! * a! + a! ** 4 / 3) * a! * a! + a! * b! + (-4 + 4 * b! * b!) * b! * b!)
const zakharov4 = onBox('Zakharov4', [4, -5, 10], 0, (x) => {
  const along = sum(x, (v, i) => 0.5 * (i + 1) * v)
  return sum(x, (v) => v * v) + along ** 2 + along ** 4
})
const michalewicz5 = onBox('Michalewicz5', [5, 0, Math.PI], -4.687658, (x) => -sum(x, (v, i) => Math.sin(v) * Math.sin(((i + 1) * v * v) / Math.PI) ** 20))

/** Rate, width, depth, activation and dropout, as of a network: logarithmic, whole, listed and real. */
const network: TestFunction = {
  name: 'Network',
  space: { rate: { logUniform: [1e-5, 1] }, width: { logInteger: [4, 512] }, depth: { integer: [1, 6] }, activation: { values: ['relu', 'tanh', 'gelu', 'elu'] }, dropout: { uniform: [0, 0.6] } },
  least: 0,
  at: (point) => {
    const [rate, width, depth] = [Math.log10(Number(point['rate'])) + 2.6, Math.log2(Number(point['width'])), Number(point['depth'])]
    const cost = { relu: 0.3, tanh: 0.8, gelu: 0, elu: 0.5 }[String(point['activation'])]!
    return (rate + 0.25 * (width - 6)) ** 2 + 0.15 * (width - 6.5) ** 2 + 0.2 * (depth - 3) ** 2 + cost + 4 * (Number(point['dropout']) - 0.1 - 0.02 * (depth - 3)) ** 2
  },
}
/** Three kinds with parameters of their own; the best is the one that is worst where it is not tuned. */
export const conditional: TestFunction = {
  name: 'Conditional',
  space: {
    kind: { values: ['svm', 'forest', 'mlp'] },
    c: { logUniform: [1e-3, 1e3], when: { kind: 'svm' } },
    gamma: { logUniform: [1e-4, 10], when: { kind: 'svm' } },
    trees: { integer: [10, 500], when: { kind: 'forest' } },
    leaf: { integer: [1, 20], when: { kind: 'forest' } },
    rate: { logUniform: [1e-5, 0.1], when: { kind: 'mlp' } },
    layers: { integer: [1, 5], when: { kind: 'mlp' } },
  },
  least: 0,
  at: (point) => {
    const number = (name: string): number => Number(point[name])
    if (point['kind'] === 'svm') {
      const c = Math.log10(number('c')) - 1
      return 0.1 + 0.05 * c ** 2 + 0.08 * (Math.log10(number('gamma')) + 2 + 0.5 * c) ** 2
    }
    if (point['kind'] === 'forest') return 0.22 + 0.1 * (number('trees') / 500 - 0.7) ** 2 + 0.002 * (number('leaf') - 3) ** 2
    const rate = Math.log10(number('rate')) + 2.7
    return 0.12 * rate ** 2 + 0.05 * Math.abs(number('layers') - 3) * (1 + 0.3 * Math.abs(rate))
  },
}
/** A rate that all kinds share, best at another place for each, and a momentum that one of them has. */
export const shared: TestFunction = {
  name: 'Shared',
  space: {
    optimizer: { values: ['sgd', 'adam', 'rmsprop'] },
    rate: { logUniform: [1e-5, 1] },
    momentum: { uniform: [0, 0.99], when: { optimizer: 'sgd' } },
    nesterov: { values: [true, false], when: { optimizer: 'sgd' } },
    beta: { uniform: [0.8, 0.999], when: { optimizer: 'adam' } },
    layers: { integer: [1, 8] },
    width: { logInteger: [8, 512] },
  },
  least: 0,
  at: (point) => {
    const [rate, layers, width] = [Math.log10(Number(point['rate'])), Number(point['layers']), Math.log2(Number(point['width']))]
    const common = 0.02 * (layers - 4) ** 2 + 0.03 * (width - 7) ** 2
    if (point['optimizer'] === 'adam') return 0.05 + common + 0.1 * (rate + 3) ** 2 + 5 * (Number(point['beta']) - 0.9) ** 2
    if (point['optimizer'] === 'rmsprop') return 0.1 + common + 0.1 * (rate + 3.5) ** 2
    const momentum = Number(point['momentum'])
    return common + 0.1 * (rate + 1 + momentum) ** 2 + 0.6 * (momentum - 0.9) ** 2 + (point['nesterov'] === true ? 0 : 0.02)
  },
}
const costs = [
  [0, 0.7, 0.4, 0.9, 0.2],
  [0.5, 0, 0.8, 0.3, 0.6],
  [0.9, 0.2, 0, 0.7, 0.4],
  [0.3, 0.6, 0.9, 0, 0.8],
  [0.4, 0.8, 0.1, 0.5, 0],
  [0, 0.9, 0.6, 0.2, 0.7],
]
const letters = ['a', 'b', 'c', 'd', 'e']
/** Six choices among five, with a cost for each and one for neighbours that do not suit each other. */
const categories: TestFunction = {
  name: 'Categories',
  space: Object.fromEntries(costs.map((_, index) => [`c${index}`, { values: letters }])),
  least: 0,
  at: (point: Point) => {
    const chosen = costs.map((_, index) => letters.indexOf(String(point[`c${index}`])))
    const suits = [1, 3, 0, 2, 4]
    return sum(chosen, (one, k) => costs[k]![one]!) + 0.5 * chosen.slice(1).filter((one, k) => (one + chosen[k]!) % 5 !== suits[k]).length
  },
}

/** Seen with normal noise; regrets are those of the true value of the trial that looked best. */
const noisy = (of: TestFunction, deviation: number): TestFunction => ({
  ...of,
  name: `Noisy${of.name}`,
  noise: (seed, trial) => {
    const z = new Float64Array(1)
    fillNormal(z, { seed, stream: 'test-function/noise' }, trial)
    return deviation * z[0]!
  },
})

export const furtherFunctions: readonly TestFunction[] = [
  ...[rastrigin5, griewank5, styblinski5, levy5, sphere10, camel, zakharov4, michalewicz5, network, conditional, shared, categories],
  ...[noisy(branin, 10), noisy(hartmann6, 0.3)],
]
