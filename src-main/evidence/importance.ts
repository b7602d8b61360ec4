import { add, subtract } from '../graph/ops'
import { type Program, buildProgram } from '../graph/program'
import type { Executable, NumericArray, Runtime } from '../graph/runtime'
import { NoiseFiller } from '../inference/batches'
import { type LatentDensity, repeated } from '../models/latent-density'
import { noiseInputs } from '../models/noise'
import { type RefinedProposal, gaussianDraw, heavyDraw, refinedInputs, tailFreedom } from './refine'
import { type RowValues, ownState, rowInputs } from './rows'

/*
 * log w = log p(z) + log p(x|z) − log q(z|x) for samples z of the prior ("naive"), of the model's own q, or of a q refined for each row.
 */

/** Which distribution the samples come from. */
export type Proposal = 'prior' | 'model' | 'independent' | 'refined'

export interface ImportanceOptions {
  samples: number
  proposal: Proposal
  seed: number
  /** Tells repeats of one seed apart. */
  repeat: number
  /** Called between programs: lets a cancel in. */
  pause(): Promise<void>
  onSamples?(done: number): void
}

/** Rows and samples of one call: large enough for the matrix products, small enough that what 784 pixels come to stays in a core's cache. */
const cellsPerCall = 768

function weightsProgram(model: LatentDensity, proposal: Proposal, samples: number, rows: number): Program {
  const known = rowInputs(model, rows)
  const copies = repeated(known, samples)
  if (proposal === 'prior') {
    const latent = model.drawPrior(samples * rows, noiseInputs)
    return buildProgram({ name: 'evidence-naive', outputs: { logWeight: model.logLikelihood(copies, latent) } })
  }
  const draw = proposal === 'model' ? model.propose(known, samples, noiseInputs) : refinedDraw(model, proposal, samples, rows)
  const joint = add(model.logPrior(draw.latent), model.logLikelihood(copies, draw.latent))
  return buildProgram({ name: `evidence-${proposal}`, outputs: { logWeight: subtract(joint, draw.logDensity) } })
}

/** Independent dimensions are the q whose bound is asked for, and Gaussian; with correlated ones the tails are heavier, as samples want them. */
function refinedDraw(model: LatentDensity, proposal: Proposal, samples: number, rows: number) {
  const { mixing, ...independent } = refinedInputs(rows, model)
  const noise = noiseInputs.normal('', [samples, rows, model.latent], model.type)
  if (proposal === 'independent') return gaussianDraw(independent, noise)
  return heavyDraw({ ...independent, mixing }, noise, noiseInputs.normal('tail', [samples, rows, tailFreedom], model.type))
}

/**
 * Log-weights of every sample of every row, in nats.
 *
 * @param values   few enough rows that rows × samples numbers fit in memory
 * @param refined  moments of the refined proposal of these rows, for the proposals `independent` and `refined`
 * @returns        one array [samples] per row
 */
export async function importanceWeights(
  sampler: ImportanceSampler,
  values: RowValues,
  firstRow: number,
  options: ImportanceOptions,
  refined: RefinedProposal | null = null,
): Promise<Float64Array[]> {
  const { rows } = values
  const { samples, seed, repeat, proposal } = options
  const most = Math.max(1, Math.min(samples, Math.floor(cellsPerCall / rows)))
  const weights = Array.from({ length: rows }, () => new Float64Array(samples))
  const executable = await sampler.executable(proposal, most, rows)
  // a stream for each row block and each repeat, so that a block's samples do not depend on how many samples other blocks take
  const noise = new NoiseFiller(executable.program, { seed, stream: `evidence/${proposal}/${repeat}/${firstRow}` })
  const known = { ...values.columns, ...(refined ? refinedFeeds(refined) : {}) }
  for (let done = 0; done < samples; done += most) {
    const outputs = await executable.run({ ...known, ...noise.fill(done) })
    const logWeight = outputs['logWeight']!
    const taken = Math.min(most, samples - done)
    for (let sample = 0; sample < taken; sample += 1) {
      for (let row = 0; row < rows; row += 1) weights[row]![done + sample] = logWeight[sample * rows + row]!
    }
    options.onSamples?.(done + taken)
    await options.pause()
  }
  return weights
}

const refinedFeeds = ({ mean, logVariance, mixing }: RefinedProposal): Record<string, NumericArray> => ({
  'refined/mean': mean,
  'refined/logVariance': logVariance,
  ...(mixing ? { 'refined/mixing': mixing } : {}),
})

/** Compiled programs of one model, by proposal and size. */
export class ImportanceSampler {
  readonly #programs = new Map<string, Promise<Executable>>()

  constructor(
    readonly runtime: Runtime,
    readonly model: LatentDensity,
  ) {}

  executable(proposal: Proposal, samples: number, rows: number): Promise<Executable> {
    const key = `${proposal} ${samples} ${rows}`
    const known = this.#programs.get(key)
    if (known) return known
    const made = this.runtime.compile(weightsProgram(this.model, proposal, samples, rows)).then((executable) => {
      executable.load(ownState(executable.program, this.model))
      return executable
    })
    this.#programs.set(key, made)
    return made
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).dispose()
    this.#programs.clear()
  }
}
