import type { SeriesByKey } from '@shared/domain/run'
import type { EventPayload } from '@shared/rpc/contract'
import { GrowingSeries } from './growing-series'

export type MetricBatch = EventPayload<'run.metrics'>

/** What is known of a run's metrics: everything up to and including `sequence`. */
export interface MetricFeed {
  series: Map<string, GrowingSeries>
  sequence: number
}

/**
 * Joins a snapshot with the batches that arrived while it was under way: those it already holds are dropped, the rest continue it.
 * `complete` is false when a batch between them is missing; the snapshot must then be taken again.
 */
export function joinSnapshot(
  snapshot: { series: SeriesByKey; sequence: number },
  buffered: readonly MetricBatch[],
): { feed: MetricFeed; complete: boolean } {
  const feed: MetricFeed = {
    series: new Map(Object.entries(snapshot.series).map(([key, { step, value }]) => [key, new GrowingSeries(step, value)])),
    sequence: snapshot.sequence,
  }
  const inOrder = [...buffered].sort((left, right) => left.sequence - right.sequence)
  const complete = inOrder.every((batch) => continueFeed(feed, batch))
  return { feed, complete }
}

/** Appends a batch; one that is already known is ignored. Returns false, changing nothing, when an earlier batch was missed. */
export function continueFeed(feed: MetricFeed, batch: MetricBatch): boolean {
  if (batch.sequence <= feed.sequence) return true
  if (batch.sequence > feed.sequence + 1) return false
  for (const { key, step, value } of batch.points) {
    const series = feed.series.get(key) ?? new GrowingSeries()
    series.append(step, value)
    feed.series.set(key, series)
  }
  feed.sequence = batch.sequence
  return true
}
