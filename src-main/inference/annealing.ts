import { CollapsedComponent, type Mixture } from '../models/mixtures/mixture-family'
import type { MixtureProblem } from './mixture-problem'

/** A problem whose responsibilities are proportional to the joint density to a power that is read at every E-step. */
export interface Tempered<P extends Mixture> {
  problem: MixtureProblem<P>
  temper: { inverseTemperature: number }
}

const coldest = 1
const hottest = 0.15
const growth = 1.15

/**
 * Where EM begins after its responsibilities have been sharpened step by step: at first nearly all rows are shared by all components, which
 * smooths small optima away (Ueda & Nakano 1998). A start that collapses on the way is given back as it was.
 */
export async function annealedStart<P extends Mixture>({ problem, temper }: Tempered<P>, start: P, pause?: () => Promise<void>): Promise<P> {
  let mixture = start
  try {
    for (let inverse = hottest; inverse < coldest; inverse *= growth) {
      await pause?.()
      temper.inverseTemperature = inverse
      const { statistics } = await problem.expect(mixture, null)
      mixture = problem.maximize(statistics, mixture)
    }
    problem.family.state([mixture])
    return mixture
  } catch (error) {
    if (error instanceof CollapsedComponent) return start
    throw error
  }
}
