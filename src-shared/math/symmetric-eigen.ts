export interface SymmetricEigen {
  /** [size], falling. */
  values: Float64Array
  /** [size, size], row k is the unit eigenvector of values[k]; its largest entry is positive. */
  vectors: Float64Array
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Householder's reduction to a tridiagonal one and QL steps with implicit shifts
 * (Bowdler, Martin, Reinsch & Wilkinson 1968).
 *
 * @param matrix  [size, size], row-major, symmetric, finite
 */
export function symmetricEigen(matrix: ArrayLike<number>, size: number): SymmetricEigen {
  const basis: Rows = []
  for (let row = 0; row < size; row += 1) {
    const own = new Float64Array(size)
    for (let column = 0; column < size; column += 1) own[column] = matrix[row * size + column]!
    basis.push(own)
  }
  const diagonal = new Float64Array(size)
  const beside = new Float64Array(size)
  if (size > 0) {
    tridiagonalize(basis, diagonal, beside)
    diagonalize(basis, diagonal, beside)
  }
  const order = falling(diagonal)
  const values = new Float64Array(size)
  const vectors = new Float64Array(size * size)
  for (let at = 0; at < size; at += 1) {
    const from = order[at]!
    values[at] = diagonal[from]!
    let largest = 0
    for (let row = 0; row < size; row += 1) if (Math.abs(basis[row]![from]!) > Math.abs(largest)) largest = basis[row]![from]!
    const sign = largest < 0 ? -1 : 1
    for (let row = 0; row < size; row += 1) vectors[at * size + row] = sign * basis[row]![from]!
  }
  return { values, vectors }
}

/** Indices by falling value, those of equal ones in their order. Few as a rule, and then sorted by insertion. */
function falling(values: Float64Array): Int32Array {
  const order = new Int32Array(values.length)
  for (let index = 0; index < order.length; index += 1) order[index] = index
  if (order.length > 32) return order.sort((a, b) => values[b]! - values[a]! || a - b)
  for (let index = 1; index < order.length; index += 1) {
    const own = order[index]!
    let at = index
    for (; at > 0 && values[order[at - 1]!]! < values[own]!; at -= 1) order[at] = order[at - 1]!
    order[at] = own
  }
  return order
}

type Rows = Float64Array[]

function tridiagonalize(v: Rows, d: Float64Array, e: Float64Array): void {
  const n = d.length
  d.set(v[n - 1]!)
  for (let i = n - 1; i > 0; i -= 1) {
    let scale = 0
    for (let k = 0; k < i; k += 1) scale += Math.abs(d[k]!)
    if (scale === 0) {
      e[i] = d[i - 1]!
      for (let j = 0; j < i; j += 1) {
        d[j] = v[i - 1]![j]!
        v[i]![j] = 0
        v[j]![i] = 0
      }
      d[i] = 0
      continue
    }
    d[i] = reflect(v, d, e, i, scale)
  }
  accumulate(v, d)
  e[0] = 0
}

/** One Householder reflection of the leading i × i block. */
function reflect(v: Rows, d: Float64Array, e: Float64Array, i: number, scale: number): number {
  let h = 0
  for (let k = 0; k < i; k += 1) {
    d[k]! /= scale
    h += d[k]! * d[k]!
  }
  let f = d[i - 1]!
  let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h)
  e[i] = scale * g
  h -= f * g
  d[i - 1] = f - g
  e.fill(0, 0, i)
  for (let j = 0; j < i; j += 1) {
    f = d[j]!
    v[j]![i] = f
    g = e[j]! + v[j]![j]! * f
    for (let k = j + 1; k < i; k += 1) {
      g += v[k]![j]! * d[k]!
      e[k]! += v[k]![j]! * f
    }
    e[j] = g
  }
  f = 0
  for (let j = 0; j < i; j += 1) {
    e[j]! /= h
    f += e[j]! * d[j]!
  }
  const half = f / (h + h)
  for (let j = 0; j < i; j += 1) e[j]! -= half * d[j]!
  for (let j = 0; j < i; j += 1) {
    f = d[j]!
    g = e[j]!
    for (let k = j; k < i; k += 1) v[k]![j]! -= f * e[k]! + g * d[k]!
    d[j] = v[i - 1]![j]!
    v[i]![j] = 0
  }
  return h
}

function accumulate(v: Rows, d: Float64Array): void {
  const n = d.length
  for (let i = 0; i < n - 1; i += 1) {
    v[n - 1]![i] = v[i]![i]!
    v[i]![i] = 1
    const h = d[i + 1]!
    if (h !== 0) {
      for (let k = 0; k <= i; k += 1) d[k] = v[k]![i + 1]! / h
      for (let j = 0; j <= i; j += 1) {
        let g = 0
        for (let k = 0; k <= i; k += 1) g += v[k]![i + 1]! * v[k]![j]!
        for (let k = 0; k <= i; k += 1) v[k]![j]! -= g * d[k]!
      }
    }
    for (let k = 0; k <= i; k += 1) v[k]![i + 1] = 0
  }
  for (let j = 0; j < n; j += 1) {
    d[j] = v[n - 1]![j]!
    v[n - 1]![j] = 0
  }
  v[n - 1]![n - 1] = 1
}

function diagonalize(v: Rows, d: Float64Array, e: Float64Array): void {
  const n = d.length
  e.copyWithin(0, 1)
  e[n - 1] = 0
  let shift = 0
  let largest = 0
  for (let l = 0; l < n; l += 1) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!))
    let m = l
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m += 1
    while (m > l && Math.abs(e[l]!) > Number.EPSILON * largest) shift = step(v, d, e, l, m, shift)
    d[l]! += shift
    e[l] = 0
  }
}

/** One QL step with implicit shift on the rows l … m; returns the sum of the shifts so far. */
function step(v: Rows, d: Float64Array, e: Float64Array, l: number, m: number, shiftBefore: number): number {
  const n = d.length
  let g = d[l]!
  let p = (d[l + 1]! - g) / (2 * e[l]!)
  let r = p < 0 ? -hypotenuse(p, 1) : hypotenuse(p, 1)
  d[l] = e[l]! / (p + r)
  d[l + 1] = e[l]! * (p + r)
  const second = d[l + 1]!
  let h = g - d[l]!
  for (let i = l + 2; i < n; i += 1) d[i]! -= h
  const shift = shiftBefore + h
  p = d[m]!
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0]
  const beside = e[l + 1]!
  for (let i = m - 1; i >= l; i -= 1) {
    c3 = c2
    c2 = c
    s2 = s
    g = c * e[i]!
    h = c * p
    r = hypotenuse(p, e[i]!)
    e[i + 1] = s * r
    s = e[i]! / r
    c = p / r
    p = c * d[i]! - s * g
    d[i + 1] = h + s * (c * g + s * d[i]!)
    for (let k = 0; k < n; k += 1) {
      const row = v[k]!
      const upper = row[i + 1]!
      row[i + 1] = s * row[i]! + c * upper
      row[i] = c * row[i]! - s * upper
    }
  }
  p = (-s * s2 * c3 * beside * e[l]!) / second
  e[l] = s * p
  d[l] = c * p
  return shift
}

/** √(a² + b²) without overflow. Math.hypot takes any number of arguments, and much longer. */
function hypotenuse(a: number, b: number): number {
  const [x, y] = [Math.abs(a), Math.abs(b)]
  const larger = x > y ? x : y
  if (larger === 0) return 0
  const ratio = (x > y ? y : x) / larger
  return larger * Math.sqrt(1 + ratio * ratio)
}
