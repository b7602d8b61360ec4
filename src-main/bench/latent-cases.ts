import { fillNormal, fillUniform } from '@shared/math/random'
import { bayesianProblem } from '../inference/bayesian-problem'
import { cutIntoChunks } from '../inference/chunks'
import { fitByEm } from '../inference/em'
import { factorProblem, rowMoments } from '../inference/factor-problem'
import { innerLimits } from '../inference/topic-problems'
import { updatePosterior } from '../models/bayesian/normal-wishart'
import { principalFactors } from '../models/factors/factor-solutions'
import { nearestCentres, spreadRows } from '../models/mixtures/partitions'
import { filterForward, smoothBackward } from '../models/sequences/forward-backward'
import { ldaExpectation, startLda } from '../models/topics/lda'
import { termCounts } from '../models/topics/term-counts'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { BenchCase } from './cases'

const noise = (length: number, stream: string): Float64Array => {
  const values = new Float64Array(length)
  fillNormal(values, { seed: 1, stream })
  return values
}

const bayesian: BenchCase = {
  name: 'VB mixture full 100k×16 K=16',
  unit: 'iteration',
  repeats: 3,
  peers: [{ label: 'scikit-learn', library: 'sklearn', request: { case: 'bayesian_mixture', rows: 100_000, columns: 16, components: 16 } }],
  async prepare(threads) {
    const [rows, columns, components] = [100_000, 16, 16]
    const features = noise(rows * columns, 'rows')
    const centres = noise(components * columns, 'centres')
    for (let index = 0; index < features.length; index += 1) {
      features[index]! += 4 * centres[(Math.floor(index / columns) % components) * columns + (index % columns)]!
    }
    const identity = Float64Array.from({ length: columns ** 2 }, (_, index) => (index % (columns + 1) === 0 ? 16 : 0))
    const prior = {
      columns,
      mean: new Float64Array(columns),
      meanPrecision: 1,
      degreesOfFreedom: columns,
      inverseScale: identity,
      weightPrior: 'dirichlet-process' as const,
      weightConcentration: 1 / components,
    }
    const problem = await bayesianProblem(createOnnxRuntime({ threads }), cutIntoChunks(features, columns), prior, components)
    const first = { features: features.subarray(0, 5000 * columns), columns }
    const { nearest } = nearestCentres(first, spreadRows(first, components, { seed: 1, stream: 'start' }))
    const start = { counts: new Float64Array(components), sums: new Float64Array(components * columns), products: new Float64Array(components * columns ** 2) }
    nearest.forEach((k, row) => {
      start.counts[k]! += 1
      for (let d = 0; d < columns; d += 1) {
        start.sums[k * columns + d]! += features[row * columns + d]!
        for (let e = 0; e < columns; e += 1) start.products[(k * columns + d) * columns + e]! += features[row * columns + d]! * features[row * columns + e]!
      }
    })
    let q = updatePosterior(prior, start)
    return {
      once: async () => {
        q = problem.maximize((await problem.expect(q, null)).statistics, q)
      },
      dispose: () => problem.dispose(),
    }
  },
}

const factorAnalysis: BenchCase = {
  name: 'factor analysis 20k×64 z=8',
  unit: 'fit',
  repeats: 2,
  peers: [{ label: 'scikit-learn', library: 'sklearn', request: { case: 'factor_analysis', rows: 20_000, columns: 64, latent: 8 } }],
  async prepare(threads) {
    const [rows, columns, latent] = [20_000, 64, 8]
    const loadings = noise(columns * latent, 'loadings')
    const scores = noise(rows * latent, 'scores')
    const features = noise(rows * columns, 'noise')
    for (let row = 0; row < rows; row += 1) {
      for (let d = 0; d < columns; d += 1) {
        for (let a = 0; a < latent; a += 1) features[row * columns + d]! += loadings[d * latent + a]! * scores[row * latent + a]!
      }
    }
    const runtime = createOnnxRuntime({ threads })
    return {
      once: async () => {
        const moments = await rowMoments(runtime, cutIntoChunks(features, columns))
        const problem = factorProblem(moments, latent, { isotropic: false, noiseFloor: 1e-12 })
        const start = principalFactors(moments.mean, moments.scatter, latent)
        const { converged } = await fitByEm(problem, start, { tolerance: 1e-8, maxIterations: 5000, identityEvery: 0 })
        if (!converged) throw new Error('the fit has not converged')
      },
      dispose: async () => {},
    }
  },
}

const lda: BenchCase = {
  name: 'LDA 2k documents × 1k terms K=20',
  unit: 'iteration',
  repeats: 2,
  peers: [{ label: 'scikit-learn', library: 'sklearn', request: { case: 'lda', documents: 2000, terms: 1000, topics: 20, tokens: 200 } }],
  async prepare() {
    const [documents, terms, topics, tokens] = [2000, 1000, 20, 200]
    const table = new Float64Array(documents * terms)
    const uniform = new Float64Array(2 * tokens)
    for (let d = 0; d < documents; d += 1) {
      fillUniform(uniform, { seed: 1, stream: 'tokens' }, d)
      for (let token = 0; token < tokens; token += 1) {
        // Each document has three topics of a twentieth of the terms, and within a topic low terms are common.
        const topic = (d * 7 + 5 * Math.floor(3 * uniform[2 * token]!)) % topics
        table[d * terms + topic * (terms / topics) + Math.floor((terms / topics) * uniform[2 * token + 1]! ** 2)]! += 1
      }
    }
    const counts = termCounts(table, terms)
    const prior = { document: 1 / topics, topic: 1 / topics }
    let model = startLda(counts, topics, prior, { seed: 1, stream: 'start' })
    return {
      once: async () => {
        const { topicCounts, documents: gammas } = ldaExpectation(counts, model, prior, innerLimits)
        model = { ...model, topics: topicCounts.map((value) => prior.topic + value), documents: gammas }
      },
      dispose: async () => {},
    }
  },
}

const forwardBackward: BenchCase = {
  name: 'HMM forward–backward T=100k K=8',
  unit: 'pass',
  repeats: 2,
  peers: [{ label: 'plain NumPy', library: 'sklearn', request: { case: 'forward_backward', length: 100_000, states: 8 } }],
  async prepare() {
    const [length, states] = [100_000, 8]
    const transitions = Float64Array.from({ length: states ** 2 }, (_, index) => (index % (states + 1) === 0 ? 0.9 : 0.1 / (states - 1)))
    const chain = { states, initial: new Float64Array(states).fill(1 / states), transitions }
    const logEmission = noise(length * states, 'emission')
    return {
      once: async () => {
        const pairs = new Float64Array(states ** 2)
        smoothBackward(chain, filterForward(chain, logEmission), pairs)
      },
      dispose: async () => {},
    }
  },
}

export const latentCases: BenchCase[] = [bayesian, factorAnalysis, lda, forwardBackward]
