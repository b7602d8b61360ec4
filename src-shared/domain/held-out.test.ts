import { expect, test } from 'vitest'
import { type HeldOut, areAlike, heldOutInWords, heldOutOf, isHeldOut } from './held-out'

const elbo: HeldOut = { estimator: 'elbo', samples: 6, rows: 360, standardError: 0.0612, rowStandardError: 0.314, effectiveSampleSize: null }
const iwae: HeldOut = { ...elbo, estimator: 'iwae', samples: 50, effectiveSampleSize: 12.34 }

test('only figures of log p(x) of rows that were not learned from', () => {
  expect(['test/logLikelihood', 'validation/elbo', 'test/lowerBoundPerToken'].every(isHeldOut)).toBe(true)
  expect(['train/logLikelihood', 'test/accuracy', 'test/kl', 'restarts/logLikelihood'].some(isHeldOut)).toBe(false)
})

test('estimator, K, effective sample size and standard errors in words, of several from the lowest to the highest', () => {
  expect(heldOutInWords([elbo], 'en')).toBe('lower bound, K = 6 · s.e. 0.31 · s.e. of the draws 0.061 · 360 rows')
  expect(heldOutInWords([iwae, { ...iwae, effectiveSampleSize: 20, rowStandardError: 0.4 }], 'en')).toBe(
    'importance-weighted bound, K = 50 · ESS 12.3 – 20 · s.e. 0.31 – 0.4 · s.e. of the draws 0.061 · 360 rows',
  )
  expect(heldOutInWords([{ ...elbo, estimator: 'exact', samples: null, standardError: 0 }], 'zh')).toBe('精确 · 标准误 0.31 · 360 行')
})

test('a run of an earlier version still tells how its kind of model estimates', () => {
  const run = (kind: string) => ({ spec: { model: { kind } } })
  expect(heldOutOf(run('gaussian-mixture'), 'test/logLikelihood')).toMatchObject({ estimator: 'exact', standardError: 0, rowStandardError: null })
  expect(heldOutOf(run('vae'), 'test/elbo')).toMatchObject({ estimator: 'elbo', standardError: null })
  expect(heldOutOf(run('imported'), 'test/logLikelihood')).toBeNull()
  expect(heldOutOf({ ...run('vae'), heldOut: { 'test/elbo': elbo } }, 'test/elbo')).toEqual(elbo)
})

test('bounds beside exact figures are not alike, nor bounds of another K; ELBOs of more or fewer draws are', () => {
  expect(areAlike([elbo, { ...elbo, samples: 1 }])).toBe(true)
  expect(areAlike([elbo, { ...elbo, estimator: 'exact' }])).toBe(false)
  expect(areAlike([iwae, { ...iwae, samples: 5 }])).toBe(false)
})
