/** The bytes of an IDX file, for tests. `values` may hold more or fewer than the sizes declare. */
export function sampleIdx(sizes: number[], values: ArrayLike<number>, type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  header[2] = type
  header[3] = sizes.length
  for (const [index, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * index)
  return Buffer.concat([header, Buffer.from(Array.from(values))])
}
