import { beforeAll, describe, expect, it } from 'vitest'
import { type CovarianceStructure, covarianceStructures } from '@shared/domain/models/mixtures'
import { covarianceParameters } from '../models/mixtures/covariance-structures'
import { type Fitted, type Table, bundledTable, fitFamily, gaussians } from './mixture-fixture'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'

let tables: Record<'iris' | 'faithful', Table>
beforeAll(async () => {
  tables = { iris: await bundledTable('iris.csv', 'target'), faithful: await bundledTable('faithful.csv') }
})

// R 4.2, mclust 6.0: mclustBIC(x, G = 2) on the four columns of iris and on faithful.
const mclust: Record<CovarianceStructure, { iris: number; faithful: number }> = {
  EII: { iris: -1123.412, faithful: -3452.998 },
  VII: { iris: -1012.235, faithful: -3458.305 },
  EEI: { iris: -1042.968, faithful: -2354.601 },
  VEI: { iris: -956.282, faithful: -2350.607 },
  EVI: { iris: -1007.308, faithful: -2352.618 },
  VVI: { iris: -857.551, faithful: -2346.065 },
  EEE: { iris: -688.097, faithful: -2325.22 },
  VEE: { iris: -656.327, faithful: -2322.972 },
  EVE: { iris: -657.226, faithful: -2324.273 },
  // mclust's majorization stops short here: 605.184 and 2320.433.
  VVE: { iris: -604.386, faithful: -2320.283 },
  EEV: { iris: -644.6, faithful: -2329.115 },
  VEV: { iris: -561.728, faithful: -2325.416 },
  EVV: { iris: -658.331, faithful: -2327.598 },
  VVV: { iris: -574.018, faithful: -2322.192 },
}

describe.each(covarianceStructures)('the covariance structure %s', (structure) => {
  it.each(['iris', 'faithful'] as const)('has the BIC of mclust with two components on %s', async (name) => {
    const { bic } = await fitFamily(tables[name], gaussians(tables[name], structure, 2))
    expect(Math.abs(bic - mclust[structure][name])).toBeLessThan(0.01)
  })

  it('never lets the likelihood fall', async () => {
    const { restarts } = await fitFamily(tables.iris, gaussians(tables.iris, structure, 3), 5)
    const falls = restarts.flatMap(({ trace }) => trace.map((value, index) => (index === 0 ? 0 : trace[index - 1]! - value)))
    expect(Math.max(...falls)).toBeLessThan(1e-12)
  })
})

it('counts free parameters as mclust does', () => {
  // R: sapply(names, nMclustParams, d = 4, G = 3), less the 2 weights and 12 means
  const counted = covarianceStructures.map((structure) => covarianceParameters(structure, 3, 4) + 14)
  expect(counted).toEqual([15, 17, 18, 20, 24, 26, 24, 26, 30, 32, 36, 38, 42, 44])
})

// Each structure with one that contains it.
const nestings: [CovarianceStructure, CovarianceStructure][] = [
  ['EII', 'VII'], ['EII', 'EEI'], ['VII', 'VEI'], ['EEI', 'VEI'], ['EEI', 'EVI'], ['VEI', 'VVI'], ['EVI', 'VVI'], ['EEI', 'EEE'],
  ['EEE', 'VEE'], ['EEE', 'EVE'], ['EEE', 'EEV'], ['VEE', 'VVE'], ['EVE', 'VVE'], ['VEE', 'VEV'], ['EEV', 'VEV'], ['EVE', 'EVV'],
  ['EEV', 'EVV'], ['VVI', 'VVE'], ['VVE', 'VVV'], ['VEV', 'VVV'], ['EVV', 'VVV'],
]

it('gives a structure that contains another at least its likelihood', async () => {
  const fits = new Map<CovarianceStructure, Fitted<GaussianMixture>>()
  for (const structure of covarianceStructures) fits.set(structure, await fitFamily(tables.faithful, gaussians(tables.faithful, structure, 2)))
  for (const [inner, outer] of nestings) {
    expect(fits.get(outer)!.logLikelihood, `${inner} in ${outer}`).toBeGreaterThan(fits.get(inner)!.logLikelihood - 1e-6)
  }
})
