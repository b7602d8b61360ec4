import type { SamplerName } from '@shared/domain/sweep'
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

export interface SearchBenchOptions {
  seeds: number
  /** Part of the name of a sampler or of a function. */
  filter: string
  say(line: string): void
}

/** Median simple regret of every sampler on every function, beside its bar. False where one is missed. */
export function benchSearch({ seeds, filter, say }: SearchBenchOptions): boolean {
  let isMet = true
  let [tpeCases, tpeBetter] = [0, 0]
  say(`median simple regret of ${seeds} seeds`)
  say(['function', 'sampler', 'trials', 'regret', 'bar', 'reference', 'ms per proposal', ''].join('\t'))
  for (const [problem, samplers] of bars) {
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
