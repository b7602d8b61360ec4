import type { KlSchedule, ObjectiveSpec } from '@shared/domain/models/gradient'

/** The factor of the KL after so many epochs (fractions count). */
export function klFactor(schedule: KlSchedule, epoch: number): number {
  if (schedule === 'constant') return 1
  if ('warmup' in schedule) {
    const { epochs, from } = schedule.warmup
    return from + (1 - from) * Math.min(1, epoch / epochs)
  }
  const { epochs, rising } = schedule.cycles
  const within = (epoch % epochs) / epochs
  return rising === 0 ? 1 : Math.min(1, within / rising)
}

/** Rises linearly from one capacity to the other. */
export const capacityAt = ({ from, to, epochs }: { from: number; to: number; epochs: number }, epoch: number): number =>
  from + (to - from) * Math.min(1, epoch / epochs)

/**
 * What to feed the inputs `schedule/NAME` of an objective's program: a function of how far training has come alone, so that a resumed run
 * goes on as it would have.
 *
 * @param epoch  epochs behind this step, with fractions
 * @param rows   of the training part
 */
export function scheduleFeeds(spec: ObjectiveSpec, epoch: number, rows: number): Record<string, number> {
  const { klSchedule = 'constant' } = Object.values(spec)[0] as { klSchedule?: KlSchedule }
  return {
    ...(klSchedule === 'constant' ? {} : { 'schedule/kl': klFactor(klSchedule, epoch) }),
    ...('capacity' in spec ? { 'schedule/capacity': capacityAt(spec.capacity, epoch) } : {}),
    ...('totalCorrelation' in spec ? { 'schedule/logRows': Math.log(rows) } : {}),
  }
}
