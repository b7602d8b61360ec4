import { get, ops, set, simd, types, unsigned, vector } from './wasm-module'

/* Writes the body of a kernel that works on two float64 at a time, and the functions that WebAssembly has no instruction for. */

/** Places of a function's integers; those of its vectors follow. */
const mostIntegers = 256

export type Instruction = keyof typeof simd

export const does = (instruction: Instruction): number[] => [ops.simd, ...unsigned(simd[instruction])]

export class KernelWriter {
  #integers = 0
  #vectors = 0
  readonly #constants = new Map<bigint, number>()

  integer(): number {
    if (this.#integers === mostIntegers) throw new Error('a kernel has too many loops')
    return this.#integers++
  }

  vector(): number {
    return mostIntegers + this.#vectors++
  }

  /** The same 64 bits twice. */
  #bits(bits: bigint): number[] {
    const known = this.#constants.get(bits) ?? this.vector()
    this.#constants.set(bits, known)
    return get(known)
  }

  constant(value: number): number[] {
    return this.#bits(new BigInt64Array(Float64Array.of(value).buffer)[0]!)
  }

  bits(bits: bigint): number[] {
    return this.#bits(BigInt.asIntN(64, bits))
  }

  /** Keeps what the code leaves and says how to get it. */
  keep(code: readonly number[], kept: number[]): number[] {
    const local = this.vector()
    kept.push(...code, ...set(local))
    return get(local)
  }

  /** Σ coefficients_i x^i. */
  #polynomial(coefficients: readonly number[], x: readonly number[]): number[] {
    const code = this.constant(coefficients.at(-1)!)
    for (const coefficient of coefficients.slice(0, -1).reverse()) {
      code.push(...x, ...this.constant(coefficient), ...does('multiplyAdd'))
    }
    return code
  }

  /**
   * eˣ = 2ⁿ eʳ with n the nearest integer to x/log 2 and eʳ by Taylor's series to r¹³, |r| ≤ ½ log 2. Off by one unit in the last place at
   * most; below −708, where results would be subnormal, it is 0.
   *
   * @param x            code that leaves the argument, used more than once
   * @param mayOverflow  false where no argument is above 0
   */
  exp(x: readonly number[], mayOverflow = true): number[] {
    const code: number[] = []
    // Adding 1.5·2⁵² rounds to an integer and leaves it in the lowest bits.
    const shifted = this.keep([...x, ...this.constant(Math.LOG2E), ...this.constant(roundingShift), ...does('multiplyAdd')], code)
    const n = this.keep([...shifted, ...this.constant(roundingShift), ...does('subtract')], code)
    const coarse = this.keep([...n, ...this.constant(logTwo.high), ...x, ...does('subtractProduct')], code)
    const r = this.keep([...n, ...this.constant(logTwo.low), ...coarse, ...does('subtractProduct')], code)
    const square = this.keep([...r, ...r, ...does('multiply')], code)
    const even = this.keep(this.#polynomial(inverseFactorials.even, square), code)
    const tail = this.keep([...this.#polynomial(inverseFactorials.odd, square), ...r, ...even, ...does('multiplyAdd')], code)
    code.push(...tail, ...square, ...r, ...does('multiplyAdd'), ...this.constant(1), ...does('add'))
    code.push(...shifted, ops.i32Const, 52, ...does('shiftLeft'), ...does('addIntegers'))
    code.push(...x, ...this.constant(-708), ...does('less'), ...does('andNot'))
    if (!mayOverflow) return code
    const before: number[] = []
    const finite = this.keep(code, before)
    return [...before, ...this.constant(Infinity), ...finite, ...x, ...this.constant(709.782712893384), ...does('greater'), ...does('select')]
  }

  /**
   * log x = e log 2 + log m with m in [√½, √2): log m = 2 artanh s, s = (m − 1)/(m + 1), by its series to s²¹; off by one unit in the last
   * place at most.
   */
  log(x: readonly number[]): number[] {
    const code: number[] = []
    const choose = (yes: readonly number[], no: readonly number[], condition: readonly number[]): number[] => [...yes, ...no, ...condition, ...does('select')]
    const tiny = this.keep([...x, ...this.constant(2 ** -1022), ...does('less')], code)
    const scaled = this.keep(choose([...x, ...this.constant(2 ** 54), ...does('multiply')], x, tiny), code)
    // The exponent as the low bits of a float64 near 2⁵².
    const exponentBits = [...scaled, ops.i32Const, 52, ...does('shiftRight'), ...this.bits(0x4330000000000000n), ...does('or')]
    const exponent = [...exponentBits, ...choose(this.constant(2 ** 52 + 1023 + 54), this.constant(2 ** 52 + 1023), tiny), ...does('subtract')]
    const fraction = [...scaled, ...this.bits(0x000fffffffffffffn), ...does('and'), ...this.bits(0x3ff0000000000000n), ...does('or')]
    const whole = this.keep(fraction, code)
    const large = this.keep([...whole, ...this.constant(Math.SQRT2), ...does('greater')], code)
    const m = choose([...whole, ...this.constant(0.5), ...does('multiply')], whole, large)
    const e = this.keep([...exponent, ...this.constant(1), ...large, ...does('and'), ...does('add')], code)
    const f = this.keep([...m, ...this.constant(1), ...does('subtract')], code)
    const s = this.keep([...f, ...f, ...this.constant(2), ...does('add'), ...does('divide')], code)
    const square = this.keep([...s, ...s, ...does('multiply')], code)
    // 2s = f − s f, so that only a small part is rounded twice.
    const series = this.keep(this.#polynomial(artanhSeries, square), code)
    const rest = [...s, ...series, ...square, ...f, ...does('subtractProduct'), ...does('multiply')]
    const small = [...f, ...e, ...this.constant(logTwo.low), ...rest, ...does('subtractProduct'), ...does('subtract')]
    const ordinary = this.keep([...e, ...this.constant(logTwo.high), ...does('multiply'), ...small, ...does('add')], code)
    // 0, ∞ and what has no logarithm.
    const positive = this.keep(choose(x, ordinary, [...x, ...this.constant(Infinity), ...does('equal')]), code)
    const real = this.keep(choose(positive, this.constant(NaN), [...x, ...this.constant(0), ...does('greaterOrEqual')]), code)
    return [...code, ...choose(this.constant(-Infinity), real, [...x, ...this.constant(0), ...does('equal')])]
  }

  /** Locals and code as a function body, constants first. */
  finish(code: readonly number[]): number[] {
    const constants = [...this.#constants].flatMap(([bits, local]) => {
      const bytes = [...new Uint8Array(BigInt64Array.of(bits, bits).buffer)]
      return [...does('constant'), ...bytes, ...set(local)]
    })
    return [...vector([[...unsigned(mostIntegers), types.i32], [...unsigned(this.#vectors), types.v128]]), ...constants, ...code, ops.end]
  }
}

const roundingShift = 1.5 * 2 ** 52

/** log 2 in two parts; the high one has zeros at its end, so that its product with an exponent is exact. */
const logTwo = (() => {
  const high = Math.round(Math.LN2 * 2 ** 42) / 2 ** 42
  // log 2 = Math.LN2 + 2.3190468138462996e-17.
  return { high, low: Math.LN2 - high + 2.3190468138462996e-17 }
})()

/** 1/2!, 1/4! … and 1/3!, 1/5! … to 1/13!. */
const inverseFactorials = (() => {
  const all = [1]
  for (let n = 1; n <= 13; n += 1) all.push(all[n - 1]! / n)
  return { even: all.filter((_, n) => n >= 2 && n % 2 === 0), odd: all.filter((_, n) => n >= 3 && n % 2 === 1) }
})()

/** 2/3, 2/5 … 2/21. */
const artanhSeries = Array.from({ length: 10 }, (_, n) => 2 / (2 * n + 3))
