/** JSON that keeps typed arrays and non-finite numbers, for transports that carry text. */

const arrays = { u8: Uint8Array, i32: Int32Array, f32: Float32Array, f64: Float64Array } as const
type Tag = keyof typeof arrays

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let start = 0; start < bytes.length; start += 0x8000) {
    // apply takes the array as it is; a spread would walk it element by element, ten times slower
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + 0x8000) as unknown as number[])
  }
  return btoa(text)
}
const fromBase64 = (text: string): Uint8Array => {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index)
  return bytes
}

declare const btoa: (text: string) => string
declare const atob: (text: string) => string

export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) }
    if (ArrayBuffer.isView(item)) {
      const tag = (Object.keys(arrays) as Tag[]).find((name) => item instanceof arrays[name])
      if (!tag) throw new Error(`codec: ${item.constructor.name} is not carried`)
      return { [`$${tag}`]: toBase64(new Uint8Array(item.buffer, item.byteOffset, item.byteLength)) }
    }
    return item
  })
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (item === null || typeof item !== 'object') return item
    const keys = Object.keys(item)
    const key = keys[0]
    if (keys.length !== 1 || !key?.startsWith('$')) return item
    const inner = (item as Record<string, unknown>)[key]
    if (typeof inner !== 'string') return item
    if (key === '$number') return Number(inner)
    const type = arrays[key.slice(1) as Tag]
    return type ? new type(fromBase64(inner).buffer as ArrayBuffer) : item
  })
}
