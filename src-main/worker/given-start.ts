import { AppError } from '@shared/rpc/errors'
import { CollapsedComponent, type Mixture } from '../models/mixtures/mixture-family'
import { type BadParameters, mixtureFrom } from '../models/mixtures/given-parameters'
import { nearestCentres } from '../models/mixtures/partitions'
import { toStandard } from '../inference/standard-units'
import type { MixtureSetting } from './mixture-setting'

/*
 * Starts that are given as text: parameters as JSON, the way they are told, or a table of responsibilities with a row for each row of the data
 * (or one column that says which component each row is in).
 */

type Setting = Pick<MixtureSetting, 'inference' | 'family' | 'units' | 'problem' | 'features' | 'rowIndex' | 'task'>

/** Where the specification gives the start, what to begin from; null where it names a way to find one. */
export function givenStart(setting: Setting): (() => Promise<Mixture>) | null {
  const { initialization, start } = setting.inference
  if (initialization !== 'parameters' && initialization !== 'responsibilities') return null
  if (start === undefined || start.trim() === '') throw new AppError('em/start-missing', { initialization })
  return () => (initialization === 'parameters' ? fromParameters(setting, start) : fromResponsibilities(setting, start))
}

async function fromParameters(setting: Setting, text: string): Promise<Mixture> {
  const { family, units, problem } = setting
  const told = parsed(text)
  const centres = told['means'] ?? told['centres']
  if (centres !== undefined && !('weights' in told) && family.name !== 'k-means') return fromCentres(setting, centres)
  const template = family.toModelUnits(await problem.begin(firstPartition(setting)), units)
  const found = mixtureFrom(family, template, told)
  if ('kind' in found) throw new AppError(`em/start-${found.kind satisfies BadParameters['kind']}`, { ...found })
  const own = family.toStandardUnits(found, units)
  try {
    family.state([own])
  } catch (error) {
    if (error instanceof CollapsedComponent) throw new AppError('em/start-collapsed', { component: error.component + 1 })
    throw error
  }
  return own
}

/** Means alone: every row begins with the nearest. */
function fromCentres({ family, units, problem, features }: Setting, centres: unknown): Promise<Mixture> {
  const flat = (Array.isArray(centres) ? centres.flat(2) : []) as number[]
  const count = family.clusters ?? family.components
  const details = { name: 'means', expected: count * family.columns, got: flat.length }
  if (flat.length !== details.expected) throw new AppError('em/start-size', details)
  if (flat.some((value) => !Number.isFinite(value))) throw new AppError('em/start-not-finite', details)
  const own = toStandard(Float64Array.from(flat), units)
  return problem.begin(nearestCentres({ features, columns: family.columns }, own).nearest)
}

const firstPartition = ({ family, features }: Setting): Int32Array =>
  Int32Array.from({ length: features.length / family.columns }, (_, row) => row % family.components)

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // told below
  }
  throw new AppError('em/start-not-json')
}

function fromResponsibilities(setting: Setting, text: string): Promise<Mixture> {
  const { family, problem, task, rowIndex } = setting
  const table = numbersOf(text)
  const width = table[0]?.length ?? 0
  const isWhole = table.length === task.dataset.rows
  const isFitting = (isWhole || table.length === rowIndex.length) && table.every((row) => row.length === width)
  if (!isFitting || (width !== 1 && width !== family.components)) {
    throw new AppError('em/start-table', { rows: table.length, columns: width, needed: task.dataset.rows, components: family.components })
  }
  const own = isWhole ? Array.from(rowIndex, (row) => table[row]!) : table
  if (width === 1) return problem.begin(codesOf(own.map(([value]) => value!), family.components))
  const responsibilities = new Float64Array(own.length * width)
  for (const [row, shares] of own.entries()) {
    const sum = shares.reduce((total, share) => total + share, 0)
    if (shares.some((share) => !(share >= 0)) || !(sum > 0) || sum === Infinity) throw new AppError('em/start-shares', { row: row + 1 })
    shares.forEach((share, k) => (responsibilities[row * width + k] = share / sum))
  }
  return problem.begin(responsibilities)
}

/** Distinct values, ascending, are the components. */
function codesOf(values: readonly number[], components: number): Int32Array {
  const codes = [...new Set(values)].sort((a, b) => a - b)
  if (codes.length > components || codes.some(Number.isNaN)) throw new AppError('em/start-codes', { got: codes.length, components })
  const places = new Map(codes.map((value, place) => [value, place]))
  return Int32Array.from(values, (value) => places.get(value)!)
}

/** Numbers of a table whose cells are set apart by commas, semicolons or blanks; a first line of words is its header. */
function numbersOf(text: string): number[][] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const cells = lines.map((line) => line.trim().split(/\s*[,;\t]\s*|\s+/).map(Number))
  return cells[0]?.some(Number.isNaN) ? cells.slice(1) : cells
}
