import type { SamplerName } from '@shared/domain/sweep'
import { furtherFunctions } from '../search/further-functions-suite'
import { createSampler } from '../search/samplers'
import { ackley5, branin, hartmann6, median, regrets, rosenbrock5, type TestFunction } from '../search/test-functions-suite'

/** What a sampler must reach: the largest median simple regret after so many trials, and what the best-known implementation has there. */
interface Bar {
  trials: number
  bar: number | null
  reference: number | null
}
const after = (trials: number, bar: number | null, reference: number | null): Bar => ({ trials, bar, reference })

/** Optuna 5.0 and CMA-ES with cma 4.5, medians of 30 seeds. TPE: at most 1.25 times those after 100 trials, better on at least half. */
const bars: [TestFunction, Partial<Record<SamplerName, Bar[]>>][] = [
  [branin, { random: [after(100, null, 0.49)], sobol: [after(100, null, null)], tpe: [after(50, null, 0.13), after(100, 0.025, 0.02)], 'cma-es': [after(200, 1e-3, 3.5e-5)], gp: [after(50, 1e-3, 3.6e-5), after(100, null, 1.5e-5)], 'nsga-ii': [after(200, null, null)] }],
  [hartmann6, { random: [after(100, null, 1.2)], sobol: [after(100, null, null)], tpe: [after(50, null, 0.34), after(100, 0.1625, 0.13)], 'cma-es': [after(200, null, 0.18)], gp: [after(50, 0.02, 0.0034), after(100, 1e-3, 2e-4)], 'nsga-ii': [after(200, null, null)] }],
  [ackley5, { random: [after(100, null, 17)], sobol: [after(100, null, null)], tpe: [after(50, null, 11.4), after(100, 8.25, 6.6)], 'cma-es': [after(200, 5, 4)], gp: [after(50, null, 6.4), after(100, null, 5.9)], 'nsga-ii': [after(200, null, null)] }],
  [rosenbrock5, { random: [after(100, null, 3190)], sobol: [after(100, null, null)], tpe: [after(50, null, 489), after(100, 90, 72)], 'cma-es': [after(200, 60, 49)], gp: [after(50, null, 628), after(100, null, 122)], 'nsga-ii': [after(200, null, null)] }],
]

/** Optuna 5.0 (TPE multivariate, in groups where there are conditions) and CMA-ES with cma 4.5, measured beside these: TPE 50 and 100, CMA-ES 200, GP 50. */
const measured: Record<string, [number, number, number | null, number]> = {
  Rastrigin5: [38.5, 26.4, 19.2, 41.2],
  Griewank5: [5.84, 1.69, 0.749, 0.852],
  Styblinski5: [40.2, 30.1, 27.4, 56.2],
  Levy5: [2.06, 0.337, 0.083, 1.95],
  Sphere10: [12.8, 5.54, 1.31, 0.371],
  Camel: [0.0653, 0.00681, 6.1e-7, 0.0145],
  Zakharov4: [8.78, 1.53, 0.167, 31.7],
  Michalewicz5: [2.21, 1.97, 1.44, 2.53],
  Network: [0.0632, 0.00796, null, 2.3e-5],
  Conditional: [6.8e-5, 6.1e-7, null, 0.0037],
  Categories: [1.1, 0, null, 0],
  Shared: [0.0642, 0.0534, null, Number.NaN],
  NoisyBranin: [3.25, 2.02, 1.53, 0.592],
  NoisyHartmann6: [0.669, 0.47, 0.387, 0.61],
}
const known = (value: number | null): number | null => (value === null || Number.isNaN(value) ? null : value)
const furtherBars: typeof bars = furtherFunctions.map((problem) => {
  const [tpe50, tpe100, cma, gp] = measured[problem.name]!
  return [problem, { tpe: [after(50, null, tpe50), after(100, null, tpe100)], 'cma-es': [after(200, null, known(cma))], gp: [after(50, null, known(gp))] }]
})

export interface SearchBenchOptions {
  seeds: number
  /** Other landscapes, mixed and conditional spaces and noise, beside what others reach there, without bars. */
  further: boolean
  /** Part of the name of a sampler or of a function. */
  filter: string
  say(line: string): void
}

/** Median simple regret of every sampler on every function, beside its bar. False where one is missed. */
export function benchSearch({ seeds, further, filter, say }: SearchBenchOptions): boolean {
  let isMet = true
  let [tpeCases, tpeBetter] = [0, 0]
  say(`median simple regret of ${seeds} seeds`)
  say(['function', 'sampler', 'trials', 'regret', 'bar', 'reference', 'ms per proposal', ''].join('\t'))
  for (const [problem, samplers] of further ? furtherBars : bars) {
    for (const [name, wanted] of Object.entries(samplers) as [SamplerName, Bar[]][]) {
      if (!`${problem.name} ${name}`.toLowerCase().includes(filter.toLowerCase())) continue
      const started = performance.now()
      const rows = regrets((options) => createSampler(name, options), problem, wanted.map(({ trials }) => trials), seeds)
      const perProposal = (performance.now() - started) / (seeds * Math.max(...wanted.map(({ trials }) => trials)))
      for (const [column, { trials, bar, reference }] of wanted.entries()) {
        const regret = median(rows.map((row) => row[column]!))
        const passes = bar === null || regret <= bar
        isMet &&= passes
        if (name === 'tpe' && bar !== null) {
          tpeCases += 1
          tpeBetter += Number(regret < reference!)
        }
        const cells = [problem.name, name, trials, regret.toPrecision(3), bar ?? '', reference ?? '', perProposal.toFixed(2), bar === null ? '' : passes ? 'met' : 'MISSED']
        say(cells.join('\t'))
      }
    }
  }
  if (tpeCases > 0) {
    say(`TPE after 100 trials is better than the reference on ${tpeBetter} of ${tpeCases} functions`)
    isMet &&= tpeBetter >= tpeCases / 2
  }
  return isMet
}
