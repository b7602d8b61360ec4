import type { EmbeddingOptions } from '@shared/domain/embedding'
import { alignedBy, procrustes } from '@shared/math/procrustes'
import { nearestRows } from '@shared/math/nearest-rows'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { checkOutPath } from '../matrix-file'
import { type Result, WrongArguments, table } from '../output'
import type { Session } from '../session'
import { matrixResult } from './inspect'

/** UMAP of the codes of a run: one line per row. */
export async function embed(
  run: string,
  { out, ...options }: Partial<EmbeddingOptions> & { out?: string },
  { session, interruptions }: { session: Session; interruptions: Interruptions },
): Promise<Result> {
  checkOutPath(out)
  const answer = await followInquiry({ run, question: { kind: 'embedding', options: options as EmbeddingOptions } }, { client: session.client, interruptions })
  if (answer.kind !== 'embedding') throw new Error('the answer is of another kind')
  const { rows, x, y } = answer.embedding
  const values = Float64Array.from({ length: rows.length * 3 }, (_, at) => [rows, x, y][at % 3]![Math.floor(at / 3)]!)
  return matrixResult({ columns: ['row', 'x', 'y'], rows: rows.length, values }, out)
}

/** The rows nearest to one row: by their codes, and by what the model sees. */
export async function neighbours({ client }: Session, id: string, row: number, count: number): Promise<Result> {
  const [{ latent, latentMeans, rowIndex }, inX] = [await client.call('inspect.latents', { id }), await client.call('inspect.neighbours', { id, of: { row }, count })]
  const place = rowIndex.indexOf(row)
  const near = nearestRows(latentMeans, latent, latentMeans.subarray(place * latent, (place + 1) * latent), count, place)
  const told = {
    row,
    z: [...near.rows].map((at, index) => ({ row: rowIndex[at]!, distance: near.distances[index]! })),
    x: [...inX.rows].map((other, index) => ({ row: other, distance: inX.distances[index]! })),
  }
  const lines = told.z.map((one, at) => [one.row, one.distance.toFixed(4), told.x[at]?.row ?? '', told.x[at]?.distance.toFixed(4) ?? ''])
  return { json: told, text: table([say('row, in z', '行（z 中）'), say('distance', '距离'), say('row, in x', '行（x 中）'), say('distance', '距离')], lines) }
}

/** How alike the codes of two runs of the same rows are, once one is moved, turned and stretched onto the other. */
export async function overlay({ client }: Session, id: string, other: string, out: string | undefined): Promise<Result> {
  checkOutPath(out)
  const [own, beside] = [await client.call('inspect.latents', { id }), await client.call('inspect.latents', { id: other })]
  const isSame = own.rowIndex.length === beside.rowIndex.length && own.rowIndex.every((row, at) => row === beside.rowIndex[at])
  if (!isSame) throw new WrongArguments('cli/other-rows', { rows: own.rowIndex.length, others: beside.rowIndex.length })
  const width = Math.max(own.latent, beside.latent)
  const wide = ({ latent, latentMeans }: typeof own): Float32Array =>
    Float32Array.from({ length: own.rowIndex.length * width }, (_, at) => (at % width < latent ? latentMeans[Math.floor(at / width) * latent + (at % width)]! : 0))
  const found = procrustes(wide(beside), wide(own), width)
  const told = { disparity: found.disparity, scale: found.scale, rotation: Array.from({ length: width }, (_, row) => [...found.rotation.subarray(row * width, (row + 1) * width)]) }
  if (out === undefined) {
    const text = say(
      `${(100 * (1 - found.disparity)).toFixed(1)} % of the spread of the first run's codes are met by those of the second, turned and stretched by ${found.scale.toFixed(4)}.`,
      `第二个实验的编码经旋转并缩放 ${found.scale.toFixed(4)} 倍后，可解释第一个实验编码散布的 ${(100 * (1 - found.disparity)).toFixed(1)}%。`,
    )
    return { json: told, text }
  }
  const values = Float64Array.from(alignedBy(found, wide(beside)))
  return matrixResult({ columns: Array.from({ length: width }, (_, at) => `z${at}`), rows: own.rowIndex.length, values }, out)
}
