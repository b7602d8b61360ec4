import { oncePerFrame } from './once-per-frame'

/** Resolves when what was just set is on the screen: what is wanted next does not hold it up. At once where there is no screen. */
export const afterPaint = (): Promise<void> =>
  new Promise((next) => {
    if (typeof requestAnimationFrame === 'undefined') next()
    else oncePerFrame(() => setTimeout(next, 0))()
  })
