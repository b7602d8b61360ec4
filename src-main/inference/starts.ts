import type { RandomKey } from '@shared/math/random'
import { agglomerate } from '../models/mixtures/agglomerate'
import type { Mixture } from '../models/mixtures/mixture-family'
import { type Rows, filled, lloyd, nearestCentres, randomProjection, randomRows, spreadRows, whiten } from '../models/mixtures/partitions'
import { type KnownClasses, agreeing, fromLabels } from './known-classes'
import type { MixtureProblem } from './mixture-problem'

/** A way to begin, and what it is called. */
export interface Start<P> {
  origin: string
  begin(): Promise<P>
}

export type StartKind = 'kmeans++' | 'k-means' | 'random' | 'hierarchical' | 'whitened' | 'projected' | 'labels'

/** Beyond so many numbers per row, whitening is mostly noise. */
const mostWhitened = 40
/** Beyond so many rows, a start by repeated passes costs more than the iterations that it saves. */
const mostForMany = 20_000
const lloydPasses = 50
/** Rows × rows × columns³ that agglomeration may take where nobody asked for it. */
const cheapAgglomeration = 8e6
const mostAgglomerated = 2000

/** Where fits can begin on given rows. */
export class Starts<P extends Mixture> {
  readonly rows: Rows
  #white: Rows | null = null
  #tree: Int32Array | null = null

  constructor(
    readonly problem: MixtureProblem<P>,
    rows: Rows,
    readonly seed: number,
    /** Agglomerations of these rows that are known already, by their number of clusters. */
    readonly hierarchy: Hierarchy = new Map(),
    /** Classes of the rows, where they are known of some. */
    readonly known: KnownClasses | null = null,
  ) {
    this.rows = filled(rows)
  }

  get white(): Rows {
    return (this.#white ??= whiten(this.rows))
  }

  /** Kinds that are worth mixing for these rows. */
  portfolio(): StartKind[] {
    const kinds = this.#kinds()
    return this.known ? ['labels', ...kinds] : kinds
  }

  #kinds(): StartKind[] {
    const { columns, features } = this.rows
    if (this.problem.family.components === 1 || features.length / columns > mostForMany) return ['kmeans++', 'random']
    const kinds: StartKind[] = ['kmeans++', 'k-means', 'random']
    if (columns > 1 && columns <= mostWhitened) kinds.push('whitened', 'projected')
    const rows = features.length / columns
    const isKnown = this.hierarchy.has(this.problem.family.components)
    return isKnown || isCheap(rows, columns) ? ['hierarchical', ...kinds] : kinds
  }

  start(kind: StartKind, name: string): Start<P> {
    const key = { seed: this.seed, stream: `em/start/${name}` }
    return { origin: kind, begin: async () => this.problem.begin(this.partition(kind, key)) }
  }

  /** Clusters of the rows; where classes are known, numbered so that they agree with them. */
  partition(kind: StartKind, key: RandomKey): Int32Array {
    const found = this.#clusters(kind, key)
    return this.known && kind !== 'labels' ? agreeing(found, this.known) : found
  }

  #clusters(kind: StartKind, key: RandomKey): Int32Array {
    const { components } = this.problem.family
    const voronoi = (rows: Rows, centres: Float64Array): Int32Array => nearestCentres(rows, centres).nearest
    switch (kind) {
      case 'kmeans++':
        return voronoi(this.rows, spreadRows(this.rows, components, key))
      case 'k-means':
        return lloyd(this.rows, spreadRows(this.rows, components, key), lloydPasses)
      case 'random':
        return voronoi(this.rows, randomRows(this.rows, components, key))
      case 'whitened':
        return voronoi(this.white, spreadRows(this.white, components, key))
      case 'projected': {
        const projected = randomProjection(this.white, 2, { ...key, stream: `${key.stream}/directions` })
        return lloyd(projected, spreadRows(projected, components, key), lloydPasses)
      }
      case 'hierarchical':
        return (this.#tree ??= this.hierarchy.get(components) ?? hierarchyOf(this.rows, [components]).get(components)!)
      case 'labels':
        return fromLabels(this.white, this.known!)
      default:
        return kind satisfies never
    }
  }
}

export type Hierarchy = ReadonlyMap<number, Int32Array>

export const isCheap = (rows: number, columns: number): boolean => rows ** 2 * columns ** 3 <= cheapAgglomeration

/** Model-based agglomerations of rows. Of many, a sample is agglomerated, and the others go where the nearest of the sampled ones is. */
export function hierarchyOf(given: Rows, wanted: readonly number[]): Hierarchy {
  const rows = given.columns <= mostWhitened ? whiten(given) : filled(given)
  const { features, columns } = rows
  const total = features.length / columns
  if (total <= mostAgglomerated) return agglomerate(rows, wanted)
  const stride = total / mostAgglomerated
  const sample = new Float64Array(mostAgglomerated * columns)
  for (let index = 0; index < mostAgglomerated; index += 1) {
    const row = Math.floor(index * stride)
    sample.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
  }
  const { nearest } = nearestCentres(rows, sample)
  const clusters = agglomerate({ features: sample, columns }, wanted)
  return new Map([...clusters].map(([count, partition]) => [count, nearest.map((index) => partition[index]!)]))
}
