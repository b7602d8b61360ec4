import { beforeAll, expect, it } from 'vitest'
import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { type Table, bundledTable, fitFamily, gaussians } from './mixture-fixture'

const tables: Record<string, Table> = {}
beforeAll(async () => {
  tables['faithful'] = await bundledTable('faithful.csv')
  tables['iris'] = await bundledTable('iris.csv', 'target')
  tables['wine'] = standardized(await bundledTable('wine.csv', 'target'))
})

function standardized({ features, columns }: Table): Table {
  const rows = features.length / columns
  const moment = (column: number, about: number, power: number): number => {
    let sum = 0
    for (let row = 0; row < rows; row += 1) sum += (features[row * columns + column]! - about) ** power / rows
    return sum
  }
  const means = Array.from({ length: columns }, (_, column) => moment(column, 0, 1))
  const deviations = means.map((mean, column) => Math.sqrt(moment(column, mean, 2)))
  return { features: features.map((value, index) => (value - means[index % columns]!) / deviations[index % columns]!), columns }
}

// Best known proper optima, total log-likelihood without regularization: hundreds of restarts of mclust 6.0 and others.
const best: [string, CovarianceStructure, number[]][] = [
  ['faithful', 'VVV', [-1289.7967, -1130.264, -1114.4399, -1106.0302]],
  ['faithful', 'EEE', [-1289.7967, -1140.1868, -1126.3159, -1120.8281]],
  ['faithful', 'VVI', [-1516.7058, -1147.8064, -1127.0075, -1112.8808]],
  ['faithful', 'VII', [-2003.952, -1709.5293, -1637.4344, -1569.4098]],
  ['iris', 'VVV', [-379.9146, -214.3547, -180.1855, -153.6821]],
  ['iris', 'VVI', [-741.0175, -386.1853, -306.8605, -264.8476]],
  ['wine', 'VVV', [-2601.1982, -2248.8451, -2054.2198]],
  ['wine', 'VVI', [-3283.4238, -2853.6018, -2564.4104, -2461.0139]],
]

it('reaches the best known optimum in every case, with the default starts', async () => {
  const short: string[] = []
  for (const [name, structure, figures] of best) {
    for (const [index, figure] of figures.entries()) {
      for (const seed of [1, 2, 3]) {
        const { logLikelihood } = await fitFamily(tables[name]!, gaussians(tables[name]!, structure, index + 1), 10, seed)
        if (logLikelihood < figure - 1e-3) short.push(`${name} ${structure} K=${index + 1} seed ${seed}: ${(logLikelihood - figure).toFixed(3)}`)
      }
    }
  }
  expect(short).toEqual([])
}, 120_000)

it('finds the rare optimum of iris with four full components, which one start in a hundred leads to at best, with every seed', async () => {
  const found: number[] = []
  for (const seed of [4, 5]) found.push((await fitFamily(tables['iris']!, gaussians(tables['iris']!, 'VVV', 4), 10, seed)).logLikelihood)
  for (const value of found) expect(Math.abs(value - -153.6821)).toBeLessThan(1e-3)
}, 60_000)
