import { maskedCrc } from './tensorboard'

/*
 * Reads TensorBoard event files: records of the TFRecord framing, each an Event message of protocol buffers. Scalars come as `simple_value`
 * (TensorFlow 1, tensorboardX, PyTorch) or as tensors of one number (tf.summary, Keras); text, pictures and histograms are passed by.
 */

export interface ScalarPoint {
  tag: string
  step: number
  value: number | null
  /** Seconds since 1970. */
  wallTime: number
}

export class DamagedEvents extends Error {}
/** Not `brain.Event:2`, the only version that was ever given out. */
export class OtherEventVersion extends Error {}

export interface EventFile {
  points: ScalarPoint[]
  /** The last record is not whole: the file was being written, or was cut off. */
  isCutOff: boolean
  /** Values that are no scalars: pictures, texts, histograms. */
  passedBy: number
}

const supported = 'brain.Event:2'
const headBytes = 12
const tailBytes = 4

/** Pauses after every so many records, so that others are heard meanwhile. */
export function* readEvents(bytes: Uint8Array): Generator<number, EventFile> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: EventFile = { points: [], isCutOff: false, passedBy: 0 }
  let isFirst = true
  let records = 0
  for (let at = 0; at < bytes.length; ) {
    if (at + headBytes > bytes.length) return { ...found, isCutOff: true }
    const length = Number(view.getBigUint64(at, true))
    if (maskedCrc(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8, true)) throw new DamagedEvents(`the length of the record at byte ${at} has another checksum`)
    const from = at + headBytes
    if (from + length + tailBytes > bytes.length) return { ...found, isCutOff: true }
    const payload = bytes.subarray(from, from + length)
    if (maskedCrc(payload) !== view.getUint32(from + length, true)) throw new DamagedEvents(`the record at byte ${at} has another checksum`)
    const version = addEvent(payload, found)
    if (version !== null && version !== supported) throw new OtherEventVersion(version)
    if (isFirst && version === null) throw new OtherEventVersion('—')
    isFirst = false
    at = from + length + tailBytes
    records += 1
    if (records % 2000 === 0) yield at / bytes.length
  }
  return found
}

interface Field {
  number: number
  varint: number
  bytes: Uint8Array | null
}
const wire = { varint: 0, eight: 1, bytes: 2, four: 5 } as const

/** The fields of a message in their order; numbers of fixed width as their bytes. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1, read = 0; read < 10; shift *= 128, read += 1) {
      const byte = message[at++]
      if (byte === undefined) throw new DamagedEvents('a number ends too early')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
    throw new DamagedEvents('a number is too long')
  }
  while (at < message.length) {
    const key = varint()
    const [number, type] = [Math.floor(key / 8), key % 8]
    if (type === wire.varint) yield { number, varint: varint(), bytes: null }
    else {
      const length = type === wire.eight ? 8 : type === wire.four ? 4 : type === wire.bytes ? varint() : -1
      if (length < 0 || at + length > message.length) throw new DamagedEvents('a message does not add up')
      yield { number, varint: 0, bytes: message.subarray(at, at + length) }
      at += length
    }
  }
}

const text = new TextDecoder()
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const float32 = (bytes: Uint8Array, at = 0): number => viewOf(bytes).getFloat32(at, true)
const float64 = (bytes: Uint8Array, at = 0): number => viewOf(bytes).getFloat64(at, true)

/** Takes the scalars of one event; gives the version where the event says one. */
function addEvent(event: Uint8Array, found: EventFile): string | null {
  let [wallTime, step] = [0, 0]
  let version: string | null = null
  const summaries: Uint8Array[] = []
  for (const { number, varint, bytes } of fieldsOf(event)) {
    if (number === 1 && bytes?.length === 8) wallTime = float64(bytes)
    else if (number === 2) step = varint
    else if (number === 3 && bytes) version = text.decode(bytes)
    else if (number === 5 && bytes) summaries.push(bytes)
  }
  for (const summary of summaries) {
    for (const { number, bytes } of fieldsOf(summary)) {
      if (number !== 1 || !bytes) continue
      const scalar = scalarOf(bytes)
      if (scalar) found.points.push({ ...scalar, step, wallTime })
      else found.passedBy += 1
    }
  }
  return version
}

/** A value of a summary, where it is one number; NaN and infinities are null. */
function scalarOf(value: Uint8Array): { tag: string; value: number | null } | null {
  let tag = ''
  let number: number | null | undefined
  let plugin = ''
  let tensor: Uint8Array | null = null
  for (const field of fieldsOf(value)) {
    if (field.number === 1 && field.bytes) tag = text.decode(field.bytes)
    else if (field.number === 2 && field.bytes?.length === 4) number = float32(field.bytes)
    else if (field.number === 8 && field.bytes) tensor = field.bytes
    else if (field.number === 9 && field.bytes) plugin = pluginOf(field.bytes)
  }
  if (number === undefined && tensor && (plugin === '' || plugin === 'scalars')) number = tensorNumber(tensor)
  return number === undefined ? null : { tag, value: number !== null && Number.isFinite(number) ? number : null }
}

function pluginOf(metadata: Uint8Array): string {
  for (const { number, bytes } of fieldsOf(metadata)) {
    if (number === 1 && bytes) for (const inner of fieldsOf(bytes)) if (inner.number === 1 && inner.bytes) return text.decode(inner.bytes)
  }
  return ''
}

const types = { float: 1, double: 2 } as const
/** The number in a tensor of one float or double; undefined of all others. */
function tensorNumber(tensor: Uint8Array): number | undefined {
  let type = 0
  let content: Uint8Array | null = null
  for (const { number, varint, bytes } of fieldsOf(tensor)) {
    if (number === 1) type = varint
    // tensor_content, float_val and double_val; lists of numbers come packed
    else if ((number === 4 || number === 5 || number === 6) && bytes && bytes.length > 0) content = bytes
  }
  if (!content) return undefined
  if (type === types.float && content.length === 4) return float32(content)
  return type === types.double && content.length === 8 ? float64(content) : undefined
}
