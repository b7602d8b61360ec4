import type { GroupedRuns } from '@shared/domain/comparison'
import { differingPaths, type FlatSpec } from '@shared/domain/flat-spec'
import { editDistance } from '@shared/domain/nearest'
import type { Shelf } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import type { Member, RunTable } from '../store/run-table'
import { summarize, valuesBySeed } from './compare-statistics'
import { gather, labelsBy, labelsOf, pick, tellingPaths } from './group-labels'

export interface GroupRequest {
  query: string
  shelf: Shelf | 'all'
  by: readonly string[] | null
  metrics?: readonly string[] | undefined
  confidence: number
}

type Values = ReadonlyMap<number, number | string | null>

/** Groups by the given paths, or by everything except the seed; figures over all completed runs of a group, whatever a table shows of them. */
export function groupRuns(table: RunTable, { query, shelf, by, metrics, confidence }: GroupRequest): GroupedRuns[] {
  const members = table.members(query, shelf)
  const { groups, parametersOf } = by ? byFields(table, members, by) : byVariant(table, members)
  const variants = groups.map(([first]) => parametersOf(first!))
  const told = by ?? tellingPaths(differingPaths(variants))
  const labels = by ? labelsBy(variants, by) : labelsOf(variants)
  const keys = metrics ?? table.names().metrics
  const figures = keys.map((name): [string, Values] => [name, table.column({ kind: 'metric', name, of: 'end' })])
  return groups.map((group, index) => {
    const parameters = variants[index]!
    const finished = group.filter(({ status }) => status === 'completed')
    return {
      label: labels[index] || group[0]!.name,
      parameters: pick(parameters, told),
      runs: group.map(({ id }) => id),
      metrics: Object.fromEntries(
        figures.flatMap(([key, values]) => {
          const found = finished.map(({ number, seed }) => ({ seed, value: values.get(number) as number | null | undefined }))
          const { n, mean, interval } = summarize(by ? found.flatMap(({ value }) => value ?? []) : [...valuesBySeed(found).values()], 0, confidence)
          return mean === null ? [] : [[key, { n, mean, interval }]]
        }),
      ),
    }
  })
}

interface Grouped {
  groups: Member[][]
  parametersOf: (member: Member) => FlatSpec
}

function byVariant(table: RunTable, members: readonly Member[]): Grouped {
  const documents = table.variants(new Set(members.map(({ variant }) => variant)))
  return { groups: gather(members, ({ variant }) => variant), parametersOf: ({ variant }) => documents.get(variant)! }
}

function byFields(table: RunTable, members: readonly Member[], paths: readonly string[]): Grouped {
  const { parameters: known } = table.names()
  for (const name of paths) {
    const nearest = [...known].sort((left, right) => editDistance(name, left) - editDistance(name, right))[0]
    if (nearest !== undefined && !known.includes(name)) throw new AppError('table/no-such-column', { name, nearest })
  }
  const columns = paths.map((name): Values => table.column({ kind: 'parameter', name, of: 'end' }))
  const parametersOf = ({ number }: Member): FlatSpec =>
    Object.fromEntries(paths.flatMap((path, index) => (columns[index]!.has(number) ? [[path, columns[index]!.get(number)!]] : [])))
  return { groups: gather(members, ({ number }) => JSON.stringify(columns.map((column) => column.get(number) ?? null))), parametersOf }
}
