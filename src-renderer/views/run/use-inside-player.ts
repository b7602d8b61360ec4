import { computed, type ComputedRef } from 'vue'
import type { EmFrame } from '@shared/domain/run'
import { useInsideStore } from '../../stores/inside'
import { type EmPlayer, useEmPlayer } from './use-em-player'

export interface InsidePlayer {
  player: EmPlayer
  /** Were iterations kept, and more than one? */
  canPlay: ComputedRef<boolean>
  /** Of the iteration that is shown. */
  bound: ComputedRef<EmFrame['bound']>
}

/** Moves through the kept iterations of a model that is looked into. */
export function useInsidePlayer(): InsidePlayer {
  const inside = useInsideStore()
  const player = useEmPlayer(() => ({ id: inside.id, half: inside.half, iterations: inside.last, show: inside.show }))
  return {
    player,
    canPlay: computed(() => inside.kept.length > 1),
    bound: computed(() => inside.kept.find(({ iteration }) => iteration === player.shown.value)?.bound ?? null),
  }
}
