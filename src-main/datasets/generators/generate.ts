import type { Column } from '@shared/domain/dataset'
import { type GeneratorKind, type GeneratorSpec, type GeneratorSpecs, generatorSchemas, type Truth } from '@shared/domain/generator'
import { AppError } from '@shared/rpc/errors'
import { summarizeBytes, summarizeColumns } from '../column-summary'
import type { ParsedData } from '../parsed-data'
import { generateMoons, generatePinwheel, generateRing, generateSpiral, generateSwissRoll } from './curves'
import type { Generated } from './generated'
import { generateMixture } from './mixture'
import { generateHmm } from './sequences'
import { generateSprites } from './sprites'
import { generateTopics } from './topics'

const generators: { [K in GeneratorKind]: (spec: GeneratorSpecs[K]) => Generated } = {
  mixture: generateMixture,
  ring: generateRing,
  pinwheel: generatePinwheel,
  moons: generateMoons,
  spiral: generateSpiral,
  'swiss-roll': generateSwissRoll,
  hmm: generateHmm,
  topics: generateTopics,
  sprites: generateSprites,
}

/** More numbers than this would not fit beside each other in the memory of a small machine: 4 GB. */
const mostNumbers = 2 ** 29

/** Numbers that the table of a specification will have. */
function size(spec: GeneratorSpec): number {
  switch (spec.kind) {
    case 'mixture':
      return spec.rows * spec.dimensions
    case 'hmm':
      return spec.sequences * spec.length * (spec.dimensions + 1)
    case 'topics':
      return spec.documents * Math.max(spec.terms, spec.length)
    case 'sprites':
      return spec.rows * spec.side ** 2
    default:
      return spec.rows * 3
  }
}

export interface GeneratedData {
  data: ParsedData
  truth: Truth
}

/** @throws dataset/generated-too-large */
export async function generateData(given: GeneratorSpec): Promise<GeneratedData> {
  const spec = generatorSchemas[given.kind].parse(given) as GeneratorSpec
  const numbers = size(spec)
  if (numbers > mostNumbers) throw new AppError('dataset/generated-too-large', { numbers, most: mostNumbers })
  const made = (generators[spec.kind] as (spec: GeneratorSpec) => Generated)(spec)
  const { parameters, factors, logLikelihood } = made
  return { data: await toParsed(made), truth: { generator: spec, parameters, factors, logLikelihood } }
}

async function toParsed({ table, images, labels }: Generated): Promise<ParsedData> {
  const described = { format: 'generated', parts: [], source: [], classes: labels?.classes ?? null, labels: labels?.codes ?? null } as const
  const labelColumn: Column[] = labels ? [{ name: labels.name, type: 'category', role: 'label', missing: 0 }] : []
  if (images) {
    const { shape, pixels } = images
    const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0, summary: await summarizeBytes(pixels) }, ...labelColumn]
    return { ...described, parts: [], source: [], kind: 'images', rows: shape[0], columns, shape, valueRange: [0, 255], pixels }
  }
  const { names, values, categories } = table!
  const rows = values.length / names.length
  const summaries = await summarizeColumns(values, names.length)
  const columns = names.map((name, at): Column => {
    const named = categories?.[name]
    const summary = summaries[at] ?? undefined
    const type = named ? 'category' : isWhole(values, at, names.length) ? 'integer' : 'real'
    return { name, type, role: 'feature', missing: 0, ...(named ? { categories: named } : {}), ...(summary && !named ? { summary } : {}) }
  })
  return { ...described, parts: [], source: [], kind: 'table', rows, columns: [...columns, ...labelColumn], shape: [rows, names.length], valueRange: null, features: values }
}

function isWhole(values: Float64Array, column: number, width: number): boolean {
  for (let at = column; at < values.length; at += width) if (!Number.isInteger(values[at]!)) return false
  return true
}
