/** The header of NumPy's NPY, version 1.0 (NEP 1): magic, then a Python dictionary filled up so that the numbers begin at a multiple of 64. */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sides}), }`
  const before = 10
  const padded = `${text.padEnd(Math.ceil((before + text.length + 1) / 64) * 64 - before - 1)}\n`
  const magic = [0x93, ...asciiOf('NUMPY'), 1, 0, padded.length & 0xff, padded.length >> 8]
  return Uint8Array.from([...magic, ...asciiOf(padded)])
}

const asciiOf = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0))
