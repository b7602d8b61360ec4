import { fillUniform } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { readBitmap } from './bitmap'
import { readMatFile } from './formats/matlab'
import { readNpy } from './formats/npy'
import { bytesInMemory } from './formats/random-access'
import { listZip, readZipEntry } from './formats/zip'

export type FuzzTarget = 'npy' | 'zip' | 'matlab' | 'bmp'

/** Each reader of ours, over bytes in memory, to its end. */
const readers: Record<FuzzTarget, (bytes: Buffer) => Promise<void>> = {
  npy: async (bytes) => void (await readNpy(bytesInMemory('fuzz.npy', bytes))),
  zip: async (bytes) => {
    const file = bytesInMemory('fuzz.zip', bytes)
    for (const entry of (await listZip(file)).slice(0, 16)) await readZipEntry(file, entry)
  },
  matlab: async (bytes) => {
    for (const array of await readMatFile('fuzz.mat', bytes)) if (array.member.readable) array.values()
  },
  bmp: async (bytes) => void readBitmap('fuzz.bmp', bytes),
}

export interface FuzzOutcome {
  read: number
  refused: number
  /** Errors that are no sentence for the user: bugs. */
  bugs: { input: number; error: string }[]
}

/** Reads `count` copies of `sample` with a few bytes changed, cut off or doubled; the same key changes them in the same way. */
export async function fuzz(target: FuzzTarget, sample: Buffer, count: number, seed: number): Promise<FuzzOutcome> {
  const outcome: FuzzOutcome = { read: 0, refused: 0, bugs: [] }
  const draws = new Float64Array(32)
  for (let input = 0; input < count; input += 1) {
    fillUniform(draws, { seed, stream: `fuzz ${target}` }, input)
    try {
      await readers[target](mutate(sample, draws))
      outcome.read += 1
    } catch (error) {
      if (error instanceof AppError) outcome.refused += 1
      else outcome.bugs.push({ input, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  return outcome
}

const telling = [0, 1, 0x7f, 0x80, 0xff]

function mutate(sample: Buffer, draws: Float64Array): Buffer {
  const bytes = Buffer.from(sample)
  const changes = 1 + Math.floor(draws[0]! * 6)
  for (let change = 0; change < changes; change += 1) {
    const [place, kind, value] = [draws[1 + change * 4]!, draws[2 + change * 4]!, draws[3 + change * 4]!]
    // half of the changes fall on the first bytes, where sizes and types stand
    const at = Math.floor((draws[4 + change * 4]! < 0.5 ? Math.min(256, bytes.length) : bytes.length) * place)
    bytes[at] = kind < 0.4 ? telling[Math.floor(value * telling.length)]! : kind < 0.7 ? bytes[at]! ^ (1 << Math.floor(value * 8)) : Math.floor(value * 256)
  }
  const shape = draws[30]!
  if (shape < 0.1) return bytes.subarray(0, Math.floor(bytes.length * draws[31]!))
  return shape < 0.15 ? Buffer.concat([bytes, bytes.subarray(Math.floor(bytes.length * draws[31]!))]) : bytes
}
