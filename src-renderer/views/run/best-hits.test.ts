import { expect, test } from 'vitest'
import { bestHits } from './best-hits'

test('spurious optima, however high, and failed starts are not counted', () => {
  const outcome = (logLikelihood: number | null, spurious = false): { logLikelihood: number | null; spurious: boolean } => ({ logLikelihood, spurious })
  expect(bestHits([outcome(-4.09721), outcome(-4.097212), outcome(-4.2), outcome(-1, true), outcome(null)])).toBe(2)
  expect(bestHits([])).toBe(0)
})
