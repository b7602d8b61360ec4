import { expect, test } from 'vitest'
import { fillUniform } from '@shared/math/random'
import { type Chain, filterForward, forecastStates, pathDivergence, smoothBackward, viterbi } from './forward-backward'

function randomChain(states: number, stream: string): Chain {
  const rows = (count: number, name: string): Float64Array => {
    const values = new Float64Array(count * states)
    fillUniform(values, { seed: 3, stream: `${stream}/${name}` })
    return values.map((value, index) => {
      const start = index - (index % states)
      return value / values.subarray(start, start + states).reduce((sum, one) => sum + one, 0)
    })
  }
  return { states, initial: rows(1, 'initial'), transitions: rows(states, 'transitions') }
}
function randomLogEmission(length: number, states: number, stream: string): Float64Array {
  const values = new Float64Array(length * states)
  fillUniform(values, { seed: 4, stream })
  return values.map((value) => 3 * Math.log(value))
}

/** Every path with its log p(path, x). */
function allPaths({ states, initial, transitions }: Chain, logEmission: Float64Array): { path: number[]; logProbability: number }[] {
  let paths = Array.from({ length: states }, (_, k) => ({ path: [k], logProbability: Math.log(initial[k]!) + logEmission[k]! }))
  for (let t = 1; t < logEmission.length / states; t += 1) {
    paths = paths.flatMap(({ path, logProbability }) =>
      Array.from({ length: states }, (_, k) => ({
        path: [...path, k],
        logProbability: logProbability + Math.log(transitions[path.at(-1)! * states + k]!) + logEmission[t * states + k]!,
      })),
    )
  }
  return paths
}

const total = ({ logStep }: { logStep: Float64Array }): number => logStep.reduce((sum, value) => sum + value, 0)

test.each([[1, 1], [1, 3], [5, 2], [6, 3]])('likelihood, posteriors, pair counts and best path equal an enumeration of all paths: T=%i, K=%i', (length, states) => {
  const chain = randomChain(states, 'a')
  const logEmission = randomLogEmission(length, states, 'a')
  const paths = allPaths(chain, logEmission)
  const evidence = Math.log(paths.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0))
  const pass = filterForward(chain, logEmission)
  expect(total(pass)).toBeCloseTo(evidence, 11)
  const counts = new Float64Array(states * states)
  const posteriors = smoothBackward(chain, pass, counts)
  const expected = new Float64Array(length * states)
  const pairs = new Float64Array(states * states)
  for (const { path, logProbability } of paths) {
    const mass = Math.exp(logProbability - evidence)
    path.forEach((k, t) => {
      expected[t * states + k]! += mass
      if (t > 0) pairs[path[t - 1]! * states + k]! += mass
    })
  }
  expected.forEach((value, index) => expect(posteriors[index]).toBeCloseTo(value, 12))
  pairs.forEach((value, index) => expect(counts[index]).toBeCloseTo(value, 12))
  const best = paths.reduce((one, other) => (other.logProbability > one.logProbability ? other : one))
  const found = viterbi(chain, logEmission)
  expect([...found.path]).toEqual(best.path)
  expect(found.logProbability).toBeCloseTo(best.logProbability, 12)
})

test('the divergence of two posteriors over paths equals an enumeration', () => {
  const [one, other] = [randomChain(3, 'a'), randomChain(3, 'b')]
  const [here, there] = [randomLogEmission(5, 3, 'a'), randomLogEmission(5, 3, 'b')]
  const whole = (chain: Chain, logEmission: Float64Array) => {
    const pass = filterForward(chain, logEmission)
    return { chain, pass, posteriors: smoothBackward(chain, pass, null) }
  }
  const normalized = (chain: Chain, logEmission: Float64Array): number[] => {
    const paths = allPaths(chain, logEmission).map(({ logProbability }) => logProbability)
    const evidence = Math.log(paths.reduce((sum, value) => sum + Math.exp(value), 0))
    return paths.map((value) => value - evidence)
  }
  const [q, p] = [normalized(one, here), normalized(other, there)]
  const expected = q.reduce((sum, value, index) => sum + Math.exp(value) * (value - p[index]!), 0)
  expect(pathDivergence(whole(one, here), whole(other, there))).toBeCloseTo(expected, 11)
  expect(pathDivergence(whole(one, here), whole(one, here))).toBeCloseTo(0, 13)
})

test('nothing underflows: densities of e^-2000, and an observation that only an unreachable state explains', () => {
  const chain = { states: 2, initial: Float64Array.of(1, 0), transitions: Float64Array.of(1, 0, 0.5, 0.5) }
  const pass = filterForward(chain, Float64Array.of(-2000, 0, -3000, 0, -1000, 0))
  expect(total(pass)).toBe(-6000)
  expect([...smoothBackward(chain, pass, null)]).toEqual([1, 0, 1, 0, 1, 0])
})

test('an impossible observation makes the likelihood 0 and nothing else', () => {
  const chain = randomChain(2, 'a')
  const pass = filterForward(chain, Float64Array.of(0, 0, -Infinity, -Infinity, 0, 0))
  expect(total(pass)).toBe(-Infinity)
  expect([...smoothBackward(chain, pass, null)].every(Number.isFinite)).toBe(true)
})

test('a forecast tends to the stationary distribution', () => {
  const chain = { states: 2, initial: Float64Array.of(1, 0), transitions: Float64Array.of(0.9, 0.1, 0.3, 0.7) }
  const ahead = forecastStates(chain, [1, 0], 200)
  expect(ahead[0]).toBeCloseTo(0.9, 12)
  expect(ahead[398]).toBeCloseTo(0.75, 12)
})
