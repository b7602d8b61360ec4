/** JSON that keeps typed arrays and non-finite numbers, for transports that carry text. */

const arrays = { u8: Uint8Array, i32: Int32Array, f32: Float32Array, f64: Float64Array } as const
type Tag = keyof typeof arrays
type Fields = Record<string, unknown>

// a browser's arrays or Node's Buffer know base64 by themselves, ten times as fast as letter by letter
interface NativeBytes extends Uint8Array {
  toBase64?(): string
}
interface NativeBuffer {
  from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string }
  from(text: string, encoding: 'base64'): Uint8Array
}
declare const Buffer: NativeBuffer | undefined
declare const btoa: (text: string) => string
declare const atob: (text: string) => string

function toBase64(bytes: NativeBytes): string {
  if (bytes.toBase64) return bytes.toBase64()
  if (typeof Buffer !== 'undefined') return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  let text = ''
  for (let start = 0; start < bytes.length; start += 0x8000) {
    // apply takes the array as it is; a spread would walk it element by element, ten times slower
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + 0x8000) as unknown as number[])
  }
  return btoa(text)
}
/** In a buffer of their own, so that they can be read as numbers of any width. */
function fromBase64(text: string): Uint8Array {
  const native = (Uint8Array as { fromBase64?(text: string): Uint8Array }).fromBase64
  if (native) return native.call(Uint8Array, text)
  if (typeof Buffer !== 'undefined') return new Uint8Array(Buffer.from(text, 'base64'))
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index)
  return bytes
}

/** What JSON has no word for becomes an object with a mark; everything else stays the very value it was. */
function marked(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) }
  if (value === null || typeof value !== 'object') return value
  if (ArrayBuffer.isView(value)) {
    const tag = (Object.keys(arrays) as Tag[]).find((name) => value instanceof arrays[name])
    if (!tag) throw new Error(`codec: ${value.constructor.name} is not carried`)
    return { [`$${tag}`]: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return marked((value.toJSON as () => unknown)())
  return Array.isArray(value) ? withMarked(value) : withMarkedFields(value as Fields)
}
/** The list or object itself where nothing in it needs a mark, else a copy. */
function withMarked(list: readonly unknown[]): unknown[] {
  let copy: unknown[] | null = null
  for (let index = 0; index < list.length; index += 1) {
    const next = marked(list[index])
    if (next !== list[index]) (copy ??= list.slice())[index] = next
  }
  return copy ?? (list as unknown[])
}
function withMarkedFields(whole: Fields): Fields {
  let copy: Fields | null = null
  for (const key of Object.keys(whole)) {
    const next = marked(whole[key])
    if (next !== whole[key]) (copy ??= { ...whole })[key] = next
  }
  return copy ?? whole
}

/** A value behind its mark, whose only key this is; undefined where it is none. */
function unmarked(key: string, inner: unknown): unknown {
  if (typeof inner !== 'string') return undefined
  if (key === '$number') return Number(inner)
  const type = arrays[key.slice(1) as Tag]
  return type && new type(fromBase64(inner).buffer as ArrayBuffer)
}
/** The same value, or what stood behind its mark; lists and objects are changed in place. */
function revived(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = revived(value[index])
    return value
  }
  const whole = value as Fields
  const keys = Object.keys(whole)
  const found = keys.length === 1 && keys[0]!.startsWith('$') ? unmarked(keys[0]!, whole[keys[0]!]) : undefined
  if (found !== undefined) return found
  for (const key of keys) {
    const next = revived(whole[key])
    if (next !== whole[key]) whole[key] = next
  }
  return value
}

// functions that JSON calls for every value cost several times what they find; most replies hold no mark at all
export const encode = (value: unknown): string => JSON.stringify(marked(value))

export function decode(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return text.includes('"$') ? revived(value) : value
}
