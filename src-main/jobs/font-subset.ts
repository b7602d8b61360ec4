import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** What is called of HarfBuzz's C interface (hb-subset); pointers are places in its memory. */
interface HarfBuzz {
  memory: { buffer: ArrayBuffer }
  _initialize(): void
  malloc(bytes: number): number
  hb_blob_create(data: number, length: number, mode: number, userData: number, destroy: number): number
  hb_face_create(blob: number, index: number): number
  hb_subset_input_create_or_fail(): number
  hb_subset_input_unicode_set(input: number): number
  hb_subset_input_destroy(input: number): void
  hb_set_add(set: number, codePoint: number): void
  hb_subset_or_fail(face: number, input: number): number
  hb_face_reference_blob(face: number): number
  hb_blob_get_data(blob: number, length: number): number
  hb_blob_get_length(blob: number): number
  hb_blob_destroy(blob: number): void
  hb_face_destroy(face: number): void
}

const writable = 2

function openFace(path: string): { harfbuzz: HarfBuzz; face: number } {
  const program = readFileSync(createRequire(import.meta.url).resolve('harfbuzzjs/dist/harfbuzz-subset.wasm'))
  // the interface above is that of the file just read
  const harfbuzz = new WebAssembly.Instance(new WebAssembly.Module(program), {}).exports as unknown as HarfBuzz
  harfbuzz._initialize()
  const font = readFileSync(path)
  const at = harfbuzz.malloc(font.length)
  new Uint8Array(harfbuzz.memory.buffer).set(font, at)
  const blob = harfbuzz.hb_blob_create(at, font.length, writable, 0, 0)
  const face = harfbuzz.hb_face_create(blob, 0)
  harfbuzz.hb_blob_destroy(blob)
  return { harfbuzz, face }
}

/** Gives TrueType fonts that hold the letters of a text and no others; those that the font at `path` lacks are left out. Opened when first asked. */
export function createFontSubsetter(path: string): (text: string) => Uint8Array {
  let opened: ReturnType<typeof openFace> | undefined
  return (text) => {
    const { harfbuzz, face } = (opened ??= openFace(path))
    const input = harfbuzz.hb_subset_input_create_or_fail()
    // each letter once; fetched anew, since the memory may have grown
    for (const letter of new Set(text)) harfbuzz.hb_set_add(harfbuzz.hb_subset_input_unicode_set(input), letter.codePointAt(0)!)
    const subset = harfbuzz.hb_subset_or_fail(face, input)
    harfbuzz.hb_subset_input_destroy(input)
    if (subset === 0) throw new Error(`${path} cannot be cut down to the letters of a figure`)
    const result = harfbuzz.hb_face_reference_blob(subset)
    const from = harfbuzz.hb_blob_get_data(result, 0)
    const bytes = new Uint8Array(harfbuzz.memory.buffer).slice(from, from + harfbuzz.hb_blob_get_length(result))
    harfbuzz.hb_blob_destroy(result)
    harfbuzz.hb_face_destroy(subset)
    return bytes
  }
}
