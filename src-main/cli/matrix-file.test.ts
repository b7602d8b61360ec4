import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkOutPath, rowsOf, toCsv, toNpy, writeMatrix } from './matrix-file'

const folder = mkdtempSync(join(tmpdir(), 'latent-matrix-'))
afterAll(() => rmSync(folder, { recursive: true }))

const matrix = { columns: ['x', 'a, "b"'], rows: 2, values: Float64Array.of(0.1, -1e-300, Number.NaN, 1 / 3) }

describe('results in files', () => {
  it('CSV keeps every digit, quotes names and leaves a missing number empty', () => {
    expect(toCsv(matrix)).toBe('x,"a, ""b"""\n0.1,-1e-300\n,0.3333333333333333\n')
  })

  it('NPY holds a version 1.0 header padded to 64 bytes and the same doubles', () => {
    const bytes = toNpy(matrix)
    const headerLength = new DataView(bytes.buffer).getUint16(8, true)
    expect(Buffer.from(bytes.subarray(0, 8))).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]))
    expect((10 + headerLength) % 64).toBe(0)
    const header = Buffer.from(bytes.subarray(10, 10 + headerLength)).toString('latin1')
    expect(header).toMatch(/^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2, 2\), \} *\n$/)
    expect(new Float64Array(bytes.buffer.slice(10 + headerLength))).toEqual(matrix.values)
  })

  it('writes whole files only, by the ending of the name', () => {
    const path = join(folder, 'rows.csv')
    writeMatrix(path, matrix)
    expect(readFileSync(path, 'utf8')).toBe(toCsv(matrix))
    expect(readdirSync(folder)).toEqual(['rows.csv'])
  })

  it('names the file it cannot write, and the endings it knows', () => {
    expect(() => writeMatrix(join(folder, 'nowhere', 'rows.npy'), matrix)).toThrow(/nowhere.*cannot be written.*--out/)
    expect(() => checkOutPath('rows.txt')).toThrow('--out rows.txt must end in .csv or .npy.')
  })

  it('gives rows as lists', () => {
    expect(rowsOf(matrix)).toEqual([
      [0.1, -1e-300],
      [Number.NaN, 1 / 3],
    ])
  })
})
