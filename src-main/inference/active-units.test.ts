import { expect, it } from 'vitest'
import { activeUnitsOf } from './gradient'

/** Variances over rows of the probabilities of one variable, whose category is c with certainty for a share p_c of the rows. */
const ofShares = (shares: number[]): number[] => shares.map((share) => share * (1 - share))

it('a categorical variable is active as a whole, however many categories share its variance', () => {
  const many = ofShares(Array.from({ length: 1024 }, () => 1 / 1024))
  expect(many.every((variance) => variance < 0.001)).toBe(true)
  const rarely = ofShares([0.999, 0.001])
  const never = Array.from({ length: 16 }, () => 0)
  expect(activeUnitsOf(Float64Array.from([...many, ...rarely, ...never, 0.02]), [1024, 2, 16, 1])).toEqual([true, false, false, true])
})

it('without widths every entry stands for itself', () => {
  expect(activeUnitsOf(Float64Array.of(0.009, 0.011, 0))).toEqual([false, true, false])
})
