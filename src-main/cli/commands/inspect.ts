import { resolve } from 'node:path'
import { stringify } from 'yaml'
import type { ExportFormat } from '@shared/domain/report'
import { hasUnits, matrixInFileUnits, paramsInFileUnits } from '@shared/domain/in-file-units'
import type { ApplyOutput, Matrix } from '@shared/domain/run'
import { type WayBack, turnsParameters } from '@shared/domain/way-back'
import { AppError } from '@shared/rpc/errors'
import { say } from '../language'
import { checkOutPath, rowsOf, toCsv, writeMatrix } from '../matrix-file'
import { plain, type Result, tell, WrongArguments } from '../output'
import type { Session } from '../session'

/** As the model saw it, or as the file has it. */
export type Units = 'model' | 'file'

async function inUnitsOf<T>({ client }: Session, id: string, told: T, units: Units, turn: (way: WayBack, told: T) => T | null): Promise<T> {
  if (units === 'model') return told
  const way = await client.call('inspect.wayBack', { id })
  const found = turn(way, told)
  if (found !== null) return found
  throw way.kind === 'points' || way.kind === 'none' ? new AppError('run/no-way-back', { because: way.because }) : new WrongArguments('cli/no-units')
}

export async function params(session: Session, id: string, { units }: { units: Units }): Promise<Result> {
  const told = await session.client.call('inspect.params', { id })
  const found = plain(await inUnitsOf(session, id, told, units, (way, given) => (way.kind === 'same' || (turnsParameters(way) && hasUnits(given)) ? paramsInFileUnits(way, given) : null)))
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
  session: Session,
  id: string,
  dataset: string,
  options: { output: ApplyOutput; given?: string; target?: string; units: Units; out?: string },
): Promise<Result> {
  checkOutPath(options.out)
  const { output, given, target, units } = options
  const names = (text: string): string[] => text.split(',').map((column) => column.trim())
  if (output !== 'conditional' && (given !== undefined || target !== undefined)) throw new WrongArguments('cli/only-conditional', { output })
  const condition = { ...(given === undefined ? {} : { given: names(given) }), ...(target === undefined ? {} : { target: names(target) }) }
  const found = await session.client.call('inspect.apply', { id, dataset, output, ...condition })
  return matrixResult(await inUnitsOf(session, id, found, units, matrixInFileUnits), options.out)
}

/** A JSON list of numbers is one; anything else is the name of a class. */
function conditionAsked(text: string | undefined): { condition?: string | number[] } {
  if (text === undefined) return {}
  return { condition: text.trim().startsWith('[') ? parseLatent(text, '--condition')[0]! : text }
}

export async function sample(
  session: Session,
  id: string,
  options: { count: number; seed?: number; condition?: string; fitted?: number; units: Units; out?: string },
): Promise<Result> {
  checkOutPath(options.out)
  const seed = options.seed === undefined ? {} : { seed: options.seed }
  const fitted = options.fitted === undefined ? {} : { fitted: options.fitted }
  const { rows, density } = await session.client.call('inspect.sample', { id, count: options.count, ...seed, ...fitted, ...conditionAsked(options.condition) })
  if (density) {
    const { components, logDensity, logPrior } = density
    const prior = logPrior === null ? '' : say(`, under the prior ${logPrior.toFixed(4)}`, `，先验下为 ${logPrior.toFixed(4)}`)
    tell(say(`log density of ${density.rows} training codes under ${components} Gaussians: ${logDensity.toFixed(4)} nats${prior}`, `${density.rows} 个训练编码在 ${components} 个高斯下的对数密度：${logDensity.toFixed(4)} 奈特${prior}`))
  }
  return matrixResult(await inUnitsOf(session, id, rows, options.units, matrixInFileUnits), options.out)
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

export async function decode(session: Session, id: string, latent: number[][], options: { condition?: string; units: Units; out?: string }): Promise<Result> {
  checkOutPath(options.out)
  const { rows } = await session.client.call('inspect.decode', { id, latent, ...conditionAsked(options.condition) })
  return matrixResult(await inUnitsOf(session, id, rows, options.units, matrixInFileUnits), options.out)
}

export async function exportRun({ client }: Session, id: string, format: ExportFormat | 'onnx', out: string): Promise<Result> {
  const path = resolve(out)
  const { out: paths } = await (format === 'onnx'
    ? client.call('inspect.exportOnnx', { id, out: path })
    : client.call('exports.write', { id, format, out: path }))
  return { json: { out: paths.length === 1 ? paths[0] : paths }, text: paths.map((path) => say(`Wrote ${path}.`, `已写入 ${path}。`)).join('\n') }
}
