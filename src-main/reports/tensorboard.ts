import type { SeriesByKey } from '@shared/domain/run'

/*
 * TensorBoard event files: records of the TFRecord framing (length, masked CRC of the length, payload, masked CRC of the payload), each an
 * Event message of protocol buffers. A scalar is a float32 there; whoever needs every digit reads the CSV.
 */

const polynomial = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  return rest >>> 0
})

/** CRC-32C (Castagnoli), reflected, as RFC 3720 B.4 has it. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) rest = (rest >>> 8) ^ table[(rest ^ byte) & 0xff]!
  return (rest ^ 0xffffffff) >>> 0
}

/** Rotated right by 15 bits and displaced, so that a checksum of data that hold checksums stays a good one. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

const utf8 = new TextEncoder()

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Whole numbers 0 … 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Uint8Array.from([...bytes, rest])
}

const wire = { varint: 0, eight: 1, bytes: 2, four: 5 } as const
const key = (field: number, type: number): Uint8Array => varint(field * 8 + type)
const bytesField = (field: number, bytes: Uint8Array): Uint8Array => joined([key(field, wire.bytes), varint(bytes.length), bytes])
const textField = (field: number, text: string): Uint8Array => bytesField(field, utf8.encode(text))
const intField = (field: number, value: number): Uint8Array => joined([key(field, wire.varint), varint(value)])
function number(bytes: 4 | 8, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes))
  if (bytes === 4) view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  return new Uint8Array(view.buffer)
}

function record(payload: Uint8Array): Uint8Array {
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(payload.length), true)
  const checksum = (bytes: Uint8Array): Uint8Array => {
    const four = new Uint8Array(4)
    new DataView(four.buffer).setUint32(0, maskedCrc(bytes), true)
    return four
  }
  return joined([length, checksum(length), payload, checksum(payload)])
}

const event = (seconds: number, step: number, ...fields: Uint8Array[]): Uint8Array =>
  record(joined([key(1, wire.eight), number(8, seconds), ...(step > 0 ? [intField(2, step)] : []), ...fields]))

/**
 * Every point of every series as a scalar, in the order of steps, which are whole numbers (see `unwritableSteps`). `seconds`: the time all
 * events bear, since a run does not keep the time of each point.
 */
export function encodeEvents(series: SeriesByKey, seconds: number): Uint8Array {
  const points = Object.entries(series).flatMap(([tag, { step, value }]) => step.map((at, index) => ({ tag, step: at, value: value[index] ?? Number.NaN })))
  points.sort((left, right) => left.step - right.step)
  const scalar = ({ tag, step, value }: (typeof points)[number]): Uint8Array => {
    const summaryValue = joined([textField(1, tag), key(2, wire.four), number(4, value)])
    return event(seconds, step, bytesField(5, bytesField(1, summaryValue)))
  }
  return joined([event(seconds, 0, textField(3, 'brain.Event:2')), ...points.map(scalar)])
}

/** Keys with a step that an event file has no room for. */
export const unwritableSteps = (series: SeriesByKey): string[] =>
  Object.entries(series)
    .filter(([, { step }]) => step.some((at) => !Number.isSafeInteger(at) || at < 0))
    .map(([tag]) => tag)
