import type { Evaluation } from '../inference/gradient'
import type { Reporter } from './reporter'

/** The prior's variance is 1; a posterior this wide on average is on its way to overflow. */
const wideVariance = 100
/** Epochs after which a model without any active unit is not merely young; of a long run, a fifth. */
const patienceOf = (epochs: number): number => Math.max(5, Math.ceil(epochs / 5))

/** Says in words what goes wrong while it does: each thing once in a run. */
export class VaeAlarms {
  readonly #told = new Set<string>()

  constructor(
    readonly reporter: Reporter,
    readonly epochs: number,
  ) {}

  look(epoch: number, { activeUnits, units, latentVariance, klPerDimension }: Evaluation): void {
    if (activeUnits === 0 && klPerDimension && epoch >= patienceOf(this.epochs)) {
      this.#once('vae/all-collapsed', () => this.reporter.warn('vae/all-collapsed', { epoch, latent: units }))
    }
    const widest = latentVariance ? latentVariance.reduce((best, value, index) => (value > latentVariance[best]! ? index : best), 0) : 0
    if (!latentVariance || !(latentVariance[widest]! > wideVariance)) return
    this.#once('vae/variance-explodes', () =>
      this.reporter.warn('vae/variance-explodes', { epoch, dimension: widest, variance: latentVariance[widest]!.toPrecision(3) }),
    )
  }

  #once(name: string, tell: () => void): void {
    if (this.#told.has(name)) return
    this.#told.add(name)
    tell()
  }
}
