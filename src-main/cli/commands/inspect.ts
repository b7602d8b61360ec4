import { resolve } from 'node:path'
import { stringify } from 'yaml'
import type { ExportFormat } from '@shared/domain/report'
import type { ApplyOutput, Matrix } from '@shared/domain/run'
import { say } from '../language'
import { checkOutPath, rowsOf, toCsv, writeMatrix } from '../matrix-file'
import { plain, type Result, WrongArguments } from '../output'
import type { Session } from '../session'

export async function params({ client }: Session, id: string): Promise<Result> {
  const found = plain(await client.call('inspect.params', { id }))
  return { json: found, text: stringify(found, { collectionStyle: 'any', flowCollectionPadding: false }) }
}

/** Rows on stdout, or a file and its name. */
export function matrixResult(matrix: Matrix, out: string | undefined): Result {
  if (out === undefined) return { json: rowsOf(matrix), text: toCsv(matrix) }
  const path = resolve(out)
  writeMatrix(path, matrix)
  const count = `${matrix.rows} × ${matrix.columns.length}`
  return {
    json: { out: path, rows: matrix.rows, columns: matrix.columns },
    text: say(`Wrote ${count} numbers to ${path}.`, `已将 ${count} 个数写入 ${path}。`),
  }
}

export async function apply(
  { client }: Session,
  id: string,
  dataset: string,
  options: { output: ApplyOutput; given?: string; target?: string; out?: string },
): Promise<Result> {
  checkOutPath(options.out)
  const { output, given, target } = options
  const names = (text: string): string[] => text.split(',').map((column) => column.trim())
  if (output !== 'conditional' && (given !== undefined || target !== undefined)) throw new WrongArguments('cli/only-conditional', { output })
  const condition = { ...(given === undefined ? {} : { given: names(given) }), ...(target === undefined ? {} : { target: names(target) }) }
  return matrixResult(await client.call('inspect.apply', { id, dataset, output, ...condition }), options.out)
}

/** A JSON list of numbers is one; anything else is the name of a class. */
function conditionAsked(text: string | undefined): { condition?: string | number[] } {
  if (text === undefined) return {}
  return { condition: text.trim().startsWith('[') ? parseLatent(text, '--condition')[0]! : text }
}

export async function sample({ client }: Session, id: string, options: { count: number; seed?: number; condition?: string; out?: string }): Promise<Result> {
  checkOutPath(options.out)
  const seed = options.seed === undefined ? {} : { seed: options.seed }
  const { rows } = await client.call('inspect.sample', { id, count: options.count, ...seed, ...conditionAsked(options.condition) })
  return matrixResult(rows, options.out)
}

export function parseLatent(text: string, option = '--latent'): number[][] {
  const bad = (problem: string): never => {
    throw new WrongArguments('cli/not-json', { option, problem })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return bad((error as Error).message)
  }
  const isRow = (row: unknown): row is number[] => Array.isArray(row) && row.every((item) => typeof item === 'number')
  if (isRow(value) && value.length > 0) return [value]
  if (Array.isArray(value) && value.length > 0 && value.every(isRow)) return value
  return bad(say('it is something else', '内容不符'))
}

export async function decode({ client }: Session, id: string, latent: number[][], options: { condition?: string; out?: string }): Promise<Result> {
  checkOutPath(options.out)
  const { rows } = await client.call('inspect.decode', { id, latent, ...conditionAsked(options.condition) })
  return matrixResult(rows, options.out)
}

export async function exportRun({ client }: Session, id: string, format: ExportFormat | 'onnx', out: string): Promise<Result> {
  const path = resolve(out)
  const { out: paths } = await (format === 'onnx'
    ? client.call('inspect.exportOnnx', { id, out: path })
    : client.call('exports.write', { id, format, out: path }))
  return { json: { out: paths.length === 1 ? paths[0] : paths }, text: paths.map((path) => say(`Wrote ${path}.`, `已写入 ${path}。`)).join('\n') }
}
