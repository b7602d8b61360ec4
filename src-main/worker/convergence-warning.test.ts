import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '@shared/rpc/errors'
import { fitByEm } from '../inference/em'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import { checkClimb } from './convergence-warning'
import { type Table, bundledTable, gaussians, runtime } from './mixture-fixture'

/*
 * scikit-learn 1.9: `abs(change) < tol` is convergence, whichever way the bound went, and `converged_` is then True. mclust 6.0 stops at a relative
 * change below 1e-5 of either sign.
 */

let faithful: Table
beforeAll(async () => {
  faithful = await bundledTable('faithful.csv')
})

/** EM whose M-step is right until an iteration, and then moves all means. */
async function brokenAt(iteration: number, by: number) {
  const family = gaussians(faithful, 'VVV', 2)
  const problem = await mixtureProblem(runtime, familyChunks(faithful.features, family), family)
  const start = await problem.begin(Int32Array.from({ length: 272 }, (_, row) => Number(faithful.features[2 * row]! > 3)))
  let made = 0
  const maximize: typeof problem.maximize = (sums, previous) => {
    const next: GaussianMixture = problem.maximize(sums, previous)
    made += 1
    return made < iteration ? next : { ...next, means: next.means.map((value) => value + by) }
  }
  return fitByEm({ ...problem, maximize }, start, { tolerance: 1e-8, maxIterations: 12, identityEvery: 0 })
}

const warned: string[] = []
const reporter = { warn: (code: string) => void warned.push(code) }

describe('a likelihood that falls', () => {
  it('is an error with its place and size, and never taken for convergence', async () => {
    const fit = await brokenAt(4, 0.5)
    expect(fit.largestFall.iteration).toBe(4)
    const thrown = (() => { try { checkClimb(reporter, fit, false) } catch (error) { return error } })() as AppError
    expect(thrown).toBeInstanceOf(AppError)
    expect([thrown.code, thrown.details['iteration']]).toEqual(['em/bound-fell', 4])
    expect(thrown.details['amount']).toBeCloseTo(fit.trace[3]! - fit.trace[4]!, 12)
    expect(warned).toEqual([])
    const small = await brokenAt(5, 1e-4)
    expect(small.trace[5]! - small.trace[4]!).toBeLessThan(0)
    expect(small.converged && small.iterations === 5).toBe(false)
    expect(() => checkClimb(reporter, small, false)).toThrow(AppError)
  })

  it('is told and no more where covariances are regularized after the M-step', async () => {
    checkClimb(reporter, await brokenAt(4, 0.5), true)
    expect(warned).toEqual(['em/log-likelihood-fell'])
  })

  it('is not what EM does, down to rounding', async () => {
    checkClimb(reporter, await brokenAt(Infinity, 0), false)
    expect(warned).toHaveLength(1)
  })
})
