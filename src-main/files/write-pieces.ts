import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a long file a piece at a time: whole or not at all. Returns its bytes. */
export async function writePieces(path: string, pieces: () => AsyncIterable<Uint8Array>): Promise<number> {
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.part`
  const file = await open(part, 'w')
  let bytes = 0
  try {
    for await (const piece of pieces()) {
      await file.write(piece)
      bytes += piece.length
    }
    await file.sync()
    await file.close()
    renameSync(part, path)
  } catch (error) {
    await file.close().catch(() => {})
    rmSync(part, { force: true })
    throw error
  }
  return bytes
}
