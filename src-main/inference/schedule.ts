import type { Schedule } from '@shared/domain/spec'

export interface ScheduleSetting {
  schedule: Schedule
  /** Epochs over which the rate rises linearly from 0. */
  warmup: number
  epochs: number
  stepsPerEpoch: number
}

/** The factor of the learning rate at step t = 1, 2, …: a function of the step alone, so that a resumed run goes on as it would have. */
export function rateFactor({ schedule, warmup, epochs, stepsPerEpoch }: ScheduleSetting, step: number): number {
  const epoch = (step - 1) / stepsPerEpoch
  const rising = warmup > 0 ? Math.min(1, step / (warmup * stepsPerEpoch)) : 1
  if (schedule === 'constant' || 'search' in schedule) return rising
  if ('cosine' in schedule) {
    const { final } = schedule.cosine
    const done = Math.min(1, Math.max(0, epoch - warmup) / Math.max(1e-12, epochs - warmup))
    return rising * (final + ((1 - final) * (1 + Math.cos(Math.PI * done))) / 2)
  }
  return rising * schedule.step.factor ** Math.floor(epoch / schedule.step.every)
}
