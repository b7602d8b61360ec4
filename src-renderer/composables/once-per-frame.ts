/** Calls the function at most once per frame, however often it is asked for; in a hidden window at most every 250 ms. */
export function oncePerFrame(call: () => void): () => void {
  let asked = false
  const run = (): void => {
    asked = false
    call()
  }
  return () => {
    if (asked) return
    asked = true
    if (typeof document !== 'undefined' && document.hidden) setTimeout(run, 250)
    else requestAnimationFrame(run)
  }
}
