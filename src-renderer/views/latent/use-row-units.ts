import { pointsBack } from '@shared/domain/way-back'
import { type ComputedRef, computed } from 'vue'
import type { LatentStore } from '../../stores/latent'
import { type Units, unitsBy } from '../run/use-units'

export interface RowUnits extends Units {
  features: ComputedRef<number>
  featureNames: ComputedRef<readonly string[]>
  /** Rows [rows, features the model saw] in the units that are shown. */
  rows(values: ArrayLike<number>): ArrayLike<number>
}

/** In which units rows and what latents decode to are shown. */
export function useRowUnits(space: () => LatentStore): RowUnits {
  const units = unitsBy(() => space().way, 'points')
  const featureNames = computed(() => (units.shown.value === 'file' ? units.way.value!.featureNames : (space().summary?.featureNames ?? [])))
  return {
    ...units,
    featureNames,
    features: computed(() => (units.shown.value === 'file' ? featureNames.value.length : (space().summary?.features ?? 1))),
    rows: (values) => units.told<ArrayLike<number>>(pointsBack, values),
  }
}
