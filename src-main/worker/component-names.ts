import { isMixture } from '@shared/domain/models/mixtures'
import type { ModelSpec } from '@shared/domain/spec'
import { componentClasses } from '../inference/known-classes'

/** What the components of a mixture are called: by their class where labels count, the noise component as such, others by number from 1. */
export function componentNames(model: ModelSpec, classes: readonly string[] | null, components: number): string[] {
  if (!isMixture(model)) throw new Error(`${model.kind} has no components`)
  const perClass = model.componentsPerClass
  const classOf = model.labels === 'clamp' && classes ? componentClasses(model.components, classes.length, perClass) : null
  return Array.from({ length: components }, (_, k) => {
    if (k >= model.components) return 'noise'
    const code = classOf?.[k] ?? -1
    if (code < 0) return `component ${k + 1}`
    return perClass === 1 ? classes![code]! : `${classes![code]!} ${(k % perClass) + 1}`
  })
}
