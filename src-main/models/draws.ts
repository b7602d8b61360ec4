import { type RandomKey, fillNormal, fillUniform } from '@shared/math/random'

const block = 1024

/** Independent numbers one after another, for draws whose count is not known beforehand. */
export class Draws {
  #uniform = new Float64Array(block)
  #normal = new Float64Array(block)
  #uniformAt = block
  #normalAt = block
  #uniformBlock = 0
  #normalBlock = 0

  constructor(readonly key: RandomKey) {}

  uniform(): number {
    if (this.#uniformAt === block) {
      fillUniform(this.#uniform, { ...this.key, stream: `${this.key.stream}/uniform` }, this.#uniformBlock)
      this.#uniformBlock += 1
      this.#uniformAt = 0
    }
    this.#uniformAt += 1
    return this.#uniform[this.#uniformAt - 1]!
  }

  normal(): number {
    if (this.#normalAt === block) {
      fillNormal(this.#normal, { ...this.key, stream: `${this.key.stream}/normal` }, this.#normalBlock)
      this.#normalBlock += 1
      this.#normalAt = 0
    }
    this.#normalAt += 1
    return this.#normal[this.#normalAt - 1]!
  }

  /** Gamma(shape, 1): Marsaglia & Tsang 2000; a shape below 1 is raised by one and the draw multiplied by u^(1/shape). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * this.uniform() ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** An index with probability proportional to its weight. */
  index(weights: ArrayLike<number>): number {
    let total = 0
    for (let index = 0; index < weights.length; index += 1) total += weights[index]!
    let rest = this.uniform() * total
    for (let index = 0; index < weights.length - 1; index += 1) {
      rest -= weights[index]!
      if (rest < 0) return index
    }
    return weights.length - 1
  }

  dirichlet(concentrations: ArrayLike<number>): Float64Array {
    const draws = Float64Array.from(concentrations, (shape) => this.gamma(shape))
    const total = draws.reduce((sum, value) => sum + value, 0)
    return draws.map((value) => value / total)
  }
}
