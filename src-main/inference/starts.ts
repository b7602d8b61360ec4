import type { EmSpec } from '@shared/domain/spec'
import type { RandomKey } from '@shared/math/random'
import type { Mixture } from '../models/mixtures/mixture-family'
import { lloyd, nearestCentres, randomRows, type Rows, spreadRows } from '../models/mixtures/partitions'
import type { MixtureProblem } from './mixture-problem'
import type { Start } from './restarts'

type Initialization = EmSpec['initialization']

/** Where restarts begin: for each, one start or several that compete. */
export function startsFor<P extends Mixture>(
  problem: MixtureProblem<P>,
  rows: Rows,
  initialization: Initialization,
  seed: number,
): (index: number) => Start<P>[] {
  const { components } = problem.family
  const key = (index: number, name: string): RandomKey => ({ seed, stream: `em/restart/${index}/${name}` })
  const start = (origin: string, partition: () => Int32Array): Start<P> => ({ origin, begin: () => problem.begin(partition()) })
  const spread = (index: number, name = ''): Start<P> =>
    start('kmeans++', () => nearestCentres(rows, spreadRows(rows, components, key(index, name))).nearest)
  const random = (index: number, name = ''): Start<P> =>
    start('random', () => nearestCentres(rows, randomRows(rows, components, key(index, name))).nearest)
  const kMeans = (index: number, name = ''): Start<P> =>
    start('k-means', () => lloyd(rows, spreadRows(rows, components, key(index, name)), 50))
  switch (initialization) {
    case 'kmeans++':
      return (index) => [spread(index)]
    case 'random':
      return (index) => [random(index)]
    case 'k-means':
      return (index) => [kMeans(index)]
    case 'auto':
      return (index) => [spread(index, '1'), spread(index, '2'), kMeans(index, '3'), random(index, '4')]
    default:
      return initialization satisfies never
  }
}
