import { type RandomKey, fillUniform } from '@shared/math/random'
import { agglomerate } from '../models/mixtures/agglomerate'
import type { Mixture } from '../models/mixtures/mixture-family'
import { type Rows, byIsolation, filled, lloyd, nearestCentres, randomProjection, randomRows, spreadRows, whiten } from '../models/mixtures/partitions'
import { type KnownClasses, agreeing, fromLabels, knownAt } from './known-classes'
import type { MixtureProblem } from './mixture-problem'

/** A way to begin, and what it is called. */
export interface Start<P> {
  origin: string
  begin(): Promise<P>
}

export type StartKind = 'kmeans++' | 'k-means' | 'random' | 'hierarchical' | 'settled' | 'whitened' | 'projected' | 'labels'

/** Beyond so many numbers per row, whitening is mostly noise. */
const mostWhitened = 40
/** Beyond so many rows, a start by repeated passes costs more than the iterations that it saves. */
const mostForMany = 20_000
const lloydPasses = 50
/** Rows × rows × columns³ that agglomeration may take where nobody asked for it. */
const cheapAgglomeration = 8e6
const mostAgglomerated = 2000

/** Shares of the rows that noise begins with. */
const noiseShares = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5]

/** Rows that noise does not begin with, and where fits can begin on these. */
interface Apart<P extends Mixture> {
  kept: Int32Array
  starts: Starts<P>
}

/** Where fits can begin on given rows. */
export class Starts<P extends Mixture> {
  readonly rows: Rows
  #white: Rows | null = null
  #tree: Int32Array | null = null
  #order: Int32Array | null = null
  readonly #apart = new Map<number, Apart<P>>()

  constructor(
    readonly problem: MixtureProblem<P>,
    rows: Rows,
    readonly seed: number,
    /** Agglomerations of these rows that are known already, by their number of clusters. */
    readonly hierarchy: Hierarchy = new Map(),
    /** Classes of the rows, where they are known of some. */
    readonly known: KnownClasses | null = null,
    /** These are the rows that noise is not to have. */
    readonly withoutNoise = false,
    /** Classes that a start may be made from, where they do not hold it. */
    readonly labels: KnownClasses | null = null,
  ) {
    this.rows = filled(rows)
  }

  get white(): Rows {
    return (this.#white ??= whiten(this.rows))
  }

  /** Kinds that are worth mixing for these rows, in turns; `wide` where starts are many and cheap. */
  portfolio(wide = false): StartKind[] {
    const kinds = wide ? this.#manyKinds() : this.#kinds()
    return this.known ? ['labels', ...kinds] : kinds
  }

  #kinds(): StartKind[] {
    const { columns, features } = this.rows
    if (this.clusters === 1 || features.length / columns > mostForMany) return ['kmeans++', 'random']
    const kinds: StartKind[] = ['kmeans++', 'k-means', 'random']
    if (columns > 1 && columns <= mostWhitened) kinds.push('whitened', 'projected')
    const rows = features.length / columns
    const isKnown = this.hierarchy.has(this.clusters)
    return isKnown || isCheap(rows, columns) ? ['hierarchical', ...kinds] : kinds
  }

  /** Every second start from random rows after a pass of k-means: of rare optima with small components they lead to most. */
  #manyKinds(): StartKind[] {
    const [first, ...kinds] = this.#kinds()
    const [others, costly] = [kinds.filter((kind) => kind !== 'k-means' && kind !== 'projected'), kinds.filter((kind) => kind === 'k-means' || kind === 'projected')]
    return [first!, ...[...others, ...costly, ...others].flatMap((kind): StartKind[] => ['settled', kind])]
  }

  start(kind: StartKind, name: string): Start<P> {
    const key = { seed: this.seed, stream: `em/start/${name}` }
    return { origin: kind, begin: async () => this.problem.begin(this.partition(kind, key)) }
  }

  /** How many clusters rows are put into. */
  get clusters(): number {
    const { clusters, components } = this.problem.family
    return clusters ?? components
  }

  /** Clusters of the rows; where classes are known, numbered so that they agree with them. With noise, some outlying rows are set apart first. */
  partition(kind: StartKind, key: RandomKey): Int32Array {
    const { components } = this.problem.family
    if (this.clusters < components && !this.withoutNoise) return this.#besideNoise(kind, key)
    const found = this.#clusters(kind, key)
    return this.known && kind !== 'labels' ? agreeing(found, this.known) : found
  }

  #clusters(kind: StartKind, key: RandomKey): Int32Array {
    const components = this.clusters
    const voronoi = (rows: Rows, centres: Float64Array): Int32Array => nearestCentres(rows, centres).nearest
    switch (kind) {
      case 'kmeans++':
        return voronoi(this.rows, spreadRows(this.rows, components, key))
      case 'k-means':
        return lloyd(this.rows, spreadRows(this.rows, components, key), lloydPasses)
      case 'random':
        return voronoi(this.rows, randomRows(this.rows, components, key))
      case 'settled':
        return lloyd(this.rows, randomRows(this.rows, components, key), 2)
      case 'whitened':
        return voronoi(this.white, spreadRows(this.white, components, key))
      case 'projected': {
        const projected = randomProjection(this.white, 2, { ...key, stream: `${key.stream}/directions` })
        return lloyd(projected, spreadRows(projected, components, key), lloydPasses)
      }
      case 'hierarchical':
        return (this.#tree ??= this.hierarchy.get(components) ?? hierarchyOf(this.rows, [components]).get(components)!)
      case 'labels':
        return fromLabels(this.white, this.#labelled())
      default:
        return kind satisfies never
    }
  }

  /** What the labels say, where they hold responsibilities and where they only begin. */
  #labelled(): KnownClasses {
    const found = this.known ?? this.labels
    if (!found) throw new Error('these rows have no labels to begin from')
    return found
  }

  /** The rows that lie farthest from their neighbours go to the noise, a few or many of them, and the others into clusters. */
  #besideNoise(kind: StartKind, key: RandomKey): Int32Array {
    const uniform = new Float64Array(1)
    fillUniform(uniform, { ...key, stream: `${key.stream}/noise` })
    const share = noiseShares[Math.floor(uniform[0]! * noiseShares.length)]!
    const inner = this.#apart.get(share) ?? this.#setApart(share)
    this.#apart.set(share, inner)
    const clusters = inner.starts.partition(kind, key)
    const partition = new Int32Array(this.rows.features.length / this.rows.columns).fill(this.clusters)
    for (const [index, row] of inner.kept.entries()) partition[row] = clusters[index]!
    return partition
  }

  #setApart(share: number): Apart<P> {
    const { features, columns, weights } = this.rows
    this.#order ??= byIsolation(this.white)
    const kept = this.#order.slice(0, Math.max(this.clusters, Math.round((1 - share) * this.#order.length))).sort()
    const own = new Float64Array(kept.length * columns)
    for (const [index, row] of kept.entries()) own.set(features.subarray(row * columns, (row + 1) * columns), index * columns)
    const counts = weights && Float64Array.from(kept, (row) => weights[row]!)
    const known = knownAt(this.known, kept)
    const withinClusters = (of: KnownClasses | null): KnownClasses | null => of && { ...of, classOf: of.classOf.slice(0, this.clusters) }
    const [inside, insideLabels] = [withinClusters(known), withinClusters(knownAt(this.labels, kept))]
    const rows = { features: own, columns, weights: counts ?? null }
    return { kept, starts: new Starts(this.problem, rows, this.seed, new Map(), inside, true, insideLabels) }
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
