import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/rpc/errors'
import { rateAt, searchRate } from './rate-search'

const spec = { from: 1e-5, to: 10, steps: 200 }

/** Gradient descent on ½(x − c)² from x = 10, with c = 1 and −1 in turns: its objective is −½(x − c)², and it diverges above rate 2. */
function parabola() {
  let x = 10
  return {
    async step(step: number, rate: number) {
      const centre = step % 2 === 0 ? 1 : -1
      const objective = -0.5 * (x - centre) ** 2
      if (!Number.isFinite(objective)) throw new AppError('vae/not-a-number', { value: 'NaN', step: 1, epoch: 1, tensor: 'x', rows: '—' })
      x -= rate * (x - centre)
      return { objective }
    },
  }
}

describe('the search for a learning rate', () => {
  it('rises geometrically between its ends', () => {
    expect(rateAt(spec, 1)).toBeCloseTo(1e-5, 12)
    expect(rateAt(spec, 200)).toBeCloseTo(10, 9)
    expect(rateAt(spec, 101) / rateAt(spec, 100)).toBeCloseTo(rateAt(spec, 2) / rateAt(spec, 1), 9)
  })

  it('suggests a rate below where a parabola diverges, and gives up beyond', async () => {
    const steps: number[] = []
    const found = await searchRate(parabola(), spec, async ({ rate }) => void steps.push(rate))
    expect(found.gaveUpAt).toBeGreaterThan(2)
    expect(found.suggested).toBeLessThan(2)
    expect(found.suggested).toBeGreaterThan(1e-3)
    expect(steps.at(-1)).toBeLessThanOrEqual(found.gaveUpAt!)
  })

  it('takes a value that is no number for the end of the search, and lets other errors through', async () => {
    const broken = (error: Error) => ({ step: async () => Promise.reject(error) })
    const nan = new AppError('vae/not-a-number', { value: 'NaN', step: 1, epoch: 1, tensor: 'x', rows: '—' })
    expect(await searchRate(broken(nan), spec, async () => {})).toMatchObject({ gaveUpAt: 1e-5 })
    await expect(searchRate(broken(new Error('a bug')), spec, async () => {})).rejects.toThrow('a bug')
  })
})
