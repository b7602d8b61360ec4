/** mass · log probability, with 0 · log 0 = 0; masses that vanish as doubles do count as 0, because the probability can vanish before them. */
export const massTimesLog = (mass: number, probability: number): number =>
  mass > 1e-300 ? mass * Math.log(Math.max(probability, Number.MIN_VALUE)) : 0
