export interface Evaluated {
  value: number
  gradient: Float64Array
}
export interface Box {
  lower: ArrayLike<number>
  upper: ArrayLike<number>
}

/**
 * A local minimum in a box, by the BFGS update of an inverse Hessian (Nocedal & Wright 2006, equation 6.17) over the coordinates that are not
 * held at a border, with backtracking along the projected path. For a few dozen coordinates.
 *
 * @param at     [size], where it begins; inside the box
 * @param evaluate  value and gradient; the value may be infinite, not the first
 */
export function minimizeInBox(evaluate: (x: Float64Array) => Evaluated, at: Float64Array, { lower, upper }: Box, mostSteps: number): { x: Float64Array; value: number } {
  const size = at.length
  let x = at
  let { value, gradient } = evaluate(x)
  const inverse = new Float64Array(size * size)
  const reset = (): void => {
    inverse.fill(0)
    for (let i = 0; i < size; i += 1) inverse[i * size + i] = 1
  }
  reset()
  const project = (from: Float64Array, along: Float64Array, length: number): Float64Array =>
    from.map((start, i) => Math.min(upper[i]!, Math.max(lower[i]!, start + length * along[i]!)))
  for (let step = 0, isFresh = true; step < mostSteps; step += 1) {
    const isHeld = x.map((one, i) => Number((one <= lower[i]! && gradient[i]! > 0) || (one >= upper[i]! && gradient[i]! < 0)))
    const direction = new Float64Array(size)
    for (let i = 0; i < size; i += 1) {
      if (isHeld[i]) continue
      for (let j = 0; j < size; j += 1) if (!isHeld[j]) direction[i]! -= inverse[i * size + j]! * gradient[j]!
    }
    let slope = direction.reduce((sum, one, i) => sum + one * gradient[i]!, 0)
    if (slope >= 0) {
      if (isFresh) break
      reset()
      isFresh = true
      continue
    }
    // The first step of a fresh Hessian knows no scale.
    let length = isFresh ? Math.min(1, 0.3 / Math.max(...direction.map(Math.abs))) : 1
    let next: Float64Array | null = null
    let found: Evaluated | null = null
    for (let attempt = 0; attempt < 20; attempt += 1, length *= 0.4) {
      const trial = project(x, direction, length)
      const evaluated = evaluate(trial)
      slope = trial.reduce((sum, one, i) => sum + (one - x[i]!) * gradient[i]!, 0)
      if (evaluated.value <= value + 1e-4 * slope) {
        next = trial
        found = evaluated
        break
      }
    }
    if (!next || !found) {
      if (isFresh) break
      reset()
      isFresh = true
      continue
    }
    const moved = next.map((one, i) => one - x[i]!)
    const turned = found.gradient.map((one, i) => one - gradient[i]!)
    const gain = value - found.value
    updateInverse(inverse, moved, turned, isFresh)
    isFresh = false
    x = next
    ;({ value, gradient } = found)
    if (gain < 1e-9 * (Math.abs(value) + 1e-9) || Math.max(...moved.map(Math.abs)) < 1e-9) break
  }
  return { x, value }
}

function updateInverse(inverse: Float64Array, s: Float64Array, y: Float64Array, isFirst: boolean): void {
  const size = s.length
  const curvature = s.reduce((sum, one, i) => sum + one * y[i]!, 0)
  const length = y.reduce((sum, one) => sum + one * one, 0)
  if (!(curvature > 1e-12 * Math.sqrt(length))) return
  if (isFirst) for (let i = 0; i < size; i += 1) inverse[i * size + i] = curvature / length
  const applied = new Float64Array(size)
  for (let i = 0; i < size; i += 1) for (let j = 0; j < size; j += 1) applied[i]! += inverse[i * size + j]! * y[j]!
  const scale = (1 + y.reduce((sum, one, i) => sum + one * applied[i]!, 0) / curvature) / curvature
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) inverse[i * size + j]! += scale * s[i]! * s[j]! - (applied[i]! * s[j]! + s[i]! * applied[j]!) / curvature
  }
}
