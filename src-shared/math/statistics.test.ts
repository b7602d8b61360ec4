import { describe, expect, it } from 'vitest'
import { fillNormal } from './random'
import {
  bootstrapDifference,
  bootstrapMean,
  cohenD,
  holm,
  meanInterval,
  meanOf,
  quantileOfSorted,
  rankBiserial,
  varianceOf,
  welchTest,
  wilcoxonSignedRank,
} from './statistics'
import { centralStudentT, incompleteBeta, twoSidedStudentT } from './student-t'

const a = [-104.2, -103.1, -105.7, -102.9, -104.8, -103.3, -106.1]
const b = [-103.9, -101.8, -105.9, -100.7, -102.2, -102.8, -103]
const differences = a.map((value, index) => value - b[index]!)
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1)

describe("Student's t", () => {
  it('has the incomplete beta function of R (4.2.2, pbeta)', () => {
    expect(relative(incompleteBeta(0.1, 0.5, 3), 0.5545844446520296)).toBeLessThan(1e-13)
    expect(incompleteBeta(0.5, 2, 2)).toBeCloseTo(0.5, 14)
    expect(relative(incompleteBeta(0.93, 30, 4), 0.8026167503410937)).toBeLessThan(1e-12)
  })
  it('has the tails of R (2 * pt(-t, df)), small ones too', () => {
    expect(relative(twoSidedStudentT(0.1, 3), 0.9266523488008058)).toBeLessThan(1e-13)
    expect(relative(twoSidedStudentT(-2, 4.5), 0.1082579071811249)).toBeLessThan(1e-13)
    expect(relative(twoSidedStudentT(40, 12), 3.851229580772037e-14)).toBeLessThan(1e-11)
    // t² below the degrees of freedom, where one minus the middle keeps no digits
    const far = [[5, 40, 1.1840065669659487e-5], [9, 150, 9.365673221391863e-16], [14, 1000, 8.448804383922929e-41]] as const
    for (const [t, degrees, expected] of far) expect(relative(twoSidedStudentT(t, degrees), expected)).toBeLessThan(1e-11)
    expect([twoSidedStudentT(Infinity, 3), twoSidedStudentT(1e-9, 4)]).toEqual([0, expect.closeTo(0.99999999925, 15)])
  })
  it('has the quantiles of R (qt(.975, c(1, 2, 4.3, 30, 1000)))', () => {
    const expected = [12.70620473617469, 4.302652729749462, 2.701694898282231, 2.042272456301238, 1.962339080826408]
    for (const [index, degrees] of [1, 2, 4.3, 30, 1000].entries()) expect(relative(centralStudentT(0.95, degrees), expected[index]!)).toBeLessThan(1e-11)
  })
})

describe('the interval of a mean', () => {
  it('is that of R (t.test(a)$conf.int)', () => {
    const { low, high } = meanInterval(a, 0.95)!
    expect([low, high]).toEqual([expect.closeTo(-105.4855834730681, 10), expect.closeTo(-103.1144165269318, 10)])
    const wide = meanInterval(a, 0.99)!
    expect([wide.low, wide.high]).toEqual([expect.closeTo(-106.0963317263005, 10), expect.closeTo(-102.5036682736995, 10)])
  })
  it('covers the mean of a normal sample of five as often as it says', () => {
    const sample = new Float64Array(5)
    let covered = 0
    for (let trial = 0; trial < 4000; trial += 1) {
      fillNormal(sample, { seed: 1, stream: 'coverage' }, trial)
      const { low, high } = meanInterval(sample, 0.95)!
      covered += Number(low <= 0 && high >= 0)
    }
    expect(Math.abs(covered / 4000 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 4000))
  })
  it('is unknown of one value', () => {
    expect(meanInterval([3], 0.95)).toBeNull()
    expect(varianceOf([3])).toBeNaN()
  })
})

describe("Welch's test", () => {
  it('is that of R (t.test(a, b))', () => {
    const { statistic, degreesOfFreedom, pValue } = welchTest(a, b)!
    expect(statistic).toBeCloseTo(-1.765168928874515, 12)
    expect(degreesOfFreedom).toBeCloseTo(11.27490192573384, 11)
    expect(pValue).toBeCloseTo(0.1045709003763142, 12)
  })
  it('says nothing of one value, nor of equal constants; constants that differ are certain', () => {
    expect(welchTest([1], [2, 3])).toBeNull()
    expect(welchTest([1, 1], [1, 1])).toBeNull()
    expect(welchTest([1, 1], [2, 2])).toMatchObject({ statistic: -Infinity, pValue: 0 })
  })
})

describe("Wilcoxon's signed-rank test", () => {
  it('is exact without ties: wilcox.test(a, b, paired = TRUE) of R 4.2.2', () => {
    expect(wilcoxonSignedRank(differences)).toMatchObject({ positive: 1, negative: 27, n: 7, exact: true, pValue: 0.03125 })
  })
  it('is exact with ties and zeros, where R takes an approximation: scipy.stats.wilcoxon(d) of SciPy 1.17.1, over all signs', () => {
    const test = wilcoxonSignedRank([1, 1, -1, 2, 2, 3, -2, 4, 5, 0, 0])
    expect(test).toMatchObject({ positive: 38, negative: 7, n: 9, zeros: 2, exact: true, pValue: 0.08203125 })
  })
  it('is exact of forty: scipy.stats.wilcoxon of SciPy 1.17.1, p = 0.5359713830403052', () => {
    const forty = [2.240919, -2.355665, 0.618099, -0.36777, -0.252649, -0.015597, -1.819986, -0.031932, -0.665213, 3.523, 0.425787, -0.152631, -0.081287,
      -0.468046, -0.855151, -0.190801, 0.681945, -0.038554, 1.157759, 0.000198, 0.22426, 1.745821, 0.745106, -0.305229, 0.017161, 0.740525, 2.135088, -0.06962,
      -0.043559, 1.202314, -0.68646, -0.09172, 1.082539, 0.78035, 0.291517, 0.870104, -2.628162, 1.221307, -0.759645, -1.46862]
    const test = wilcoxonSignedRank(forty)!
    expect(test.negative).toBe(363)
    expect(test.pValue).toBeCloseTo(0.5359713830403052, 12)
  })
  it('is normal beyond fifty, corrected for ties and continuity: wilcox.test(d) of R 4.2.2, 58 differences and two zeros', () => {
    const sixty = [-0.3, 0.5, -0.5, 1.9, 0.6, -0.5, 0.8, 1, 0.9, 0, 1.8, 0.7, -0.3, -1.9, 1.4, 0.3, 0.3, 1.2, 1.1, 0.9, 1.2, 1.1, 0.4, -1.7, 0.9, 0.2, 0.1,
      -1.2, -0.2, 0.7, 1.7, 0.2, 0.7, 0.2, -1.1, -0.1, -0.1, 0.2, 1.4, 1.1, 0.1, 0, 1, 0.9, -0.4, -0.4, 0.7, 1.1, 0.2, 1.2, 0.7, -0.3, 0.6, -0.8, 1.7, 2.3,
      -0.1, -0.7, 0.9, 0.2]
    const test = wilcoxonSignedRank(sixty)!
    expect(test).toMatchObject({ positive: 1305, n: 58, zeros: 2, exact: false })
    expect(test.pValue).toBeCloseTo(0.0005034841801083054, 14)
  })
  it('can never say less than 2/2ⁿ, and nothing of zeros alone', () => {
    expect(wilcoxonSignedRank([1, 2, 3, 4, 5])!.pValue).toBe(2 / 32)
    expect(wilcoxonSignedRank([0, 0])).toBeNull()
  })
})

describe('effect sizes', () => {
  it('are those of their definitions: (V − V′)/(V + V′), and NumPy 2 on the pooled deviation', () => {
    expect(rankBiserial(wilcoxonSignedRank(differences)!)).toBeCloseTo(-26 / 28, 14)
    expect(cohenD(a, b)).toBeCloseTo(-0.9435224802322536, 12)
    expect(cohenD([1, 1], [2, 2])).toBeNull()
  })
})

describe('the bootstrap', () => {
  const options = { level: 0.95, resamples: 50_000, key: { seed: 1, stream: 'test' } }
  it('gives the percentile intervals of scipy.stats.bootstrap (1.17.1, 200,000 resamples) within its own error', () => {
    const paired = bootstrapMean(differences, options)
    expect([paired.low, paired.high]).toEqual([expect.closeTo(-2.257142857142855, 1), expect.closeTo(-0.5428571428571404, 1)])
    const unpaired = bootstrapDifference(a, b, options)
    expect([unpaired.low, unpaired.high]).toEqual([expect.closeTo(-2.8, 1), expect.closeTo(0.0714285714285694, 1)])
  })
  it('of a large sample agrees with the normal interval, and the same key gives the same', () => {
    const sample = new Float64Array(2000)
    fillNormal(sample, { seed: 3, stream: 'large' })
    const half = (1.959963984540054 * Math.sqrt(varianceOf(sample))) / Math.sqrt(2000)
    const few = { ...options, resamples: 4000 }
    const { low, high } = bootstrapMean(sample, few)
    expect(Math.abs((high - low) / 2 / half - 1)).toBeLessThan(0.06)
    expect((low + high) / 2).toBeCloseTo(meanOf(sample), 2)
    expect(bootstrapMean(sample, few)).toEqual({ low, high })
    expect(bootstrapMean(sample, { ...few, key: { seed: 2, stream: 'test' } })).not.toEqual({ low, high })
  })
  it('takes quantiles as R does by default (type 7)', () => {
    expect(quantileOfSorted([1, 2, 4, 8], 0.4)).toBeCloseTo(2.4, 14)
    expect(quantileOfSorted([1, 2, 4, 8], 1)).toBe(8)
  })
})

describe("Holm's correction", () => {
  it('is that of R (p.adjust(p, "holm"))', () => {
    for (const [index, value] of holm([0.01, 0.04, 0.03, 0.005, 0.2]).entries()) expect(value).toBeCloseTo([0.04, 0.09, 0.09, 0.025, 0.2][index]!, 14)
    expect(holm([])).toEqual([])
  })
})
