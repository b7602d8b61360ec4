import type { EmVariantSpec } from '@shared/domain/models/em'
import { type RandomKey, fillUniform, permutation } from '@shared/math/random'
import type { Runtime } from '../graph/runtime'
import type { Mixture, MixtureFamily, Sums } from '../models/mixtures/mixture-family'
import { expectationPass, statisticsPass } from '../models/mixtures/mixture-pass'
import { cutIntoChunks, sumOverChunks } from './chunks'
import type { EmIteration, EmOptions, EmResult } from './em'
import { fitByEm } from './em'
import { type KnownClasses, knownAt, knownFeed } from './known-classes'
import { type MixtureProblem, familyChunks, mixturePosterior, mixtureProblem } from './mixture-problem'

/* Relatives of EM that differ in how an iteration goes; what they tell of each is the log-likelihood itself (hard EM: what it climbs). */

export interface VariantData<P extends Mixture> {
  runtime: Runtime
  family: MixtureFamily<P>
  /** In the units of the fit. */
  features: Float64Array
  /** How often each row counts, or null for once. */
  weights: Float64Array | null
  /** Classes of the rows, where they are known of some. */
  known: KnownClasses | null
  /** Ordinary EM on the same data. */
  problem: MixtureProblem<P>
}

export interface VariantFit<P extends Mixture> extends VariantData<P> {
  start: P
  key: RandomKey
  options: EmOptions<P>
}

export async function fitVariant<P extends Mixture>(inference: EmVariantSpec, fit: VariantFit<P>): Promise<EmResult<P, Sums>> {
  switch (inference.kind) {
    case 'hard-em': {
      const problem = await mixtureProblem(fit.runtime, familyChunks(fit.features, fit.family, fit.weights), fit.family, { posterior: 'hard', known: fit.known })
      const result = await fitByEm(problem, fit.start, { ...fit.options, identityEvery: 0 })
      await problem.dispose()
      return result
    }
    case 'annealed-em':
      return annealed(fit, inference.inverseTemperature, inference.growth)
    case 'generalized-em':
      return fitByEm(partialSteps(fit.problem, inference.stepSize), fit.start, fit.options)
    case 'monte-carlo-em':
      return loop(fit, await drawnMaximization(fit, inference.samples))
    case 'online-em':
      return loop(fit, await onlinePasses(fit, inference.batchSize, inference.decay))
    default:
      return inference satisfies never
  }
}

/** First with tempered responsibilities, then ordinary EM; iterations are counted through. */
async function annealed<P extends Mixture>(fit: VariantFit<P>, from: number, growth: number): Promise<EmResult<P, Sums>> {
  const { runtime, family, features, weights, known, options, problem } = fit
  const temper = { inverseTemperature: from }
  const tempered = await mixtureProblem(runtime, familyChunks(features, family, weights), family, { posterior: 'annealed', temper, known })
  const steps = Math.min(options.maxIterations, Math.ceil(Math.log(1 / from) / Math.log(growth)))
  const first = await fitByEm(tempered, fit.start, {
    ...options,
    tolerance: -1,
    maxIterations: steps,
    identityEvery: 0,
    onIteration: (iteration) => {
      temper.inverseTemperature = Math.min(1, from * growth ** iteration.iteration)
      options.onIteration?.(iteration)
    },
  })
  await tempered.dispose()
  const rest = await fitByEm(problem, first.parameters, {
    ...options,
    maxIterations: Math.max(1, options.maxIterations - first.iterations),
    onIteration: (iteration) => {
      if (iteration.iteration > 0) options.onIteration?.({ ...iteration, iteration: iteration.iteration + first.iterations })
    },
  })
  return { ...rest, trace: [...first.trace, ...rest.trace.slice(1)], iterations: first.iterations + rest.iterations }
}

/**
 * θ' maximizes Q for sums that lie between those that θ was made from and the present ones. For an exponential family that is a step along
 * the natural gradient of Q, and no such step lowers Q: the divergence from the maximum falls all along the way.
 */
function partialSteps<P extends Mixture>(problem: MixtureProblem<P>, stepSize: number): MixtureProblem<P> {
  const madeFrom = new WeakMap<P, Sums>()
  return {
    ...problem,
    maximize(sums, previous) {
      const before = madeFrom.get(previous)
      const used = before ? between(before, sums, stepSize) : sums
      const next = problem.maximize(used, previous)
      madeFrom.set(next, used)
      return next
    },
  }
}

/** Per component: the mean statistics go a part of the way, and so do the counts. */
function between(before: Sums, after: Sums, part: number): Sums {
  const [old, fresh] = [before['counts']!, after['counts']!]
  const counts = old.map((count, k) => count + part * (fresh[k]! - count))
  return Object.fromEntries(
    Object.entries(after).map(([name, values]) => {
      if (name === 'counts') return [name, counts]
      const size = values.length / counts.length
      const earlier = before[name]!
      const blend = (value: number, index: number): number => {
        const k = Math.floor(index / size)
        const mean = earlier[index]! / old[k]! + part * (value / fresh[k]! - earlier[index]! / old[k]!)
        return mean * counts[k]!
      }
      return [name, Number.isInteger(size) ? values.map(blend) : values]
    }),
  )
}

type Step<P> = (parameters: P, iteration: number) => Promise<P>

/** Iterations that may lower the likelihood: all of them are made. */
async function loop<P extends Mixture>({ problem, start, options }: VariantFit<P>, { step, dispose }: { step: Step<P>; dispose(): Promise<void> }): Promise<EmResult<P, Sums>> {
  let parameters = start
  let expectation = await problem.expect(parameters, null)
  const trace: number[] = []
  const note = (iteration: number): void => {
    trace.push(expectation.logLikelihood / problem.weight)
    const told: EmIteration<P> = { iteration, parameters, logLikelihood: trace.at(-1)!, bound: null }
    options.onIteration?.(told)
  }
  note(0)
  for (let iteration = 1; iteration <= options.maxIterations; iteration += 1) {
    await options.pause?.()
    parameters = await step(parameters, iteration)
    expectation = await problem.expect(parameters, null)
    note(iteration)
  }
  await dispose()
  const last = trace.length - 1
  const remaining = last > 0 ? Math.abs(trace[last]! - trace[last - 1]!) : Infinity
  return { parameters, expectation, trace, iterations: last, converged: true, remaining, largestFall: { amount: 0, iteration: 0 } }
}

/** The M-step for components that are drawn from their responsibilities. */
async function drawnMaximization<P extends Mixture>({ runtime, family, features, weights, known, problem, key }: VariantFit<P>, samples: number) {
  const { components } = family
  const chunks = familyChunks(features, family, weights)
  const executable = await runtime.compile(statisticsPass(family, chunks.chunkRows))
  const step: Step<P> = async (parameters, iteration) => {
    const { responsibilities } = await mixturePosterior({ runtime, features, family, mixture: parameters, known })
    const uniform = new Float64Array(chunks.rows * samples)
    fillUniform(uniform, key, iteration)
    let row = 0
    const { statistics } = await problem.expect(parameters, null)
    const drawn = await sumOverChunks(executable, chunks, undefined, ({ weight, rows }) => {
      const shares = new Float64Array(weight.length * components)
      for (let index = 0; index < rows; index += 1, row += 1) {
        for (let sample = 0; sample < samples; sample += 1) {
          let component = 0
          let rest = uniform[row * samples + sample]!
          while (component < components - 1 && (rest -= responsibilities[row * components + component]!) >= 0) component += 1
          shares[index * components + component]! += weight[index]! / samples
        }
      }
      return { responsibilities: shares }
    })
    return problem.maximize({ ...statistics, ...drawn }, parameters)
  }
  return { step, dispose: () => executable.dispose() }
}

/** One pass over shuffled minibatches: s ← (1 − γ) s + γ ŝ, and an M-step, after each. */
async function onlinePasses<P extends Mixture>({ runtime, family, features, weights, known, problem, key }: VariantFit<P>, batchSize: number, decay: number) {
  const { width } = family
  const encoded = family.encode(features)
  const rows = encoded.length / width
  const size = Math.min(batchSize, rows)
  const executable = await runtime.compile(expectationPass(family, { rows: size, known: known !== null }))
  let running: Sums | null = null
  let batches = 0
  const step: Step<P> = async (start, iteration) => {
    const order = permutation(rows, key, iteration)
    const shuffled = new Float64Array(encoded.length)
    order.forEach((row, index) => shuffled.set(encoded.subarray(row * width, (row + 1) * width), index * width))
    const counts = weights && Float64Array.from(order, (row) => weights[row]!)
    const feed = known && knownFeed(knownAt(known, order)!)
    let parameters = start
    running ??= (await problem.expect(parameters, null)).statistics
    for (const block of cutIntoChunks(shuffled, width, counts, size).blocks) {
      const more = feed?.(block)
      const inBatch = block.weight.reduce((sum, value) => sum + value, 0)
      if ((block.rows < size && rows > size) || inBatch === 0) continue
      executable.load(family.state([parameters]))
      const found = await executable.run({ x: block.x, weight: block.weight, ...more })
      const gain = (batches + 2) ** -decay
      const before: Sums = running
      running = Object.fromEntries(
        Object.entries(before).map(([name, values]) => {
          const fresh = found[name]
          return [name, fresh ? values.map((value, index) => (1 - gain) * value + (gain * problem.weight * fresh[index]!) / inBatch) : values]
        }),
      )
      parameters = problem.maximize(running, parameters)
      batches += 1
    }
    return parameters
  }
  return { step, dispose: () => executable.dispose() }
}
