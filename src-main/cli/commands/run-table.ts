import { parametersOf } from '@shared/domain/flat-spec'
import { nearest } from '@shared/domain/nearest'
import type { Run, Shelf } from '@shared/domain/run'
import type { SavedView } from '@shared/domain/run-table'
import { AppError } from '@shared/rpc/errors'
import { say } from '../language'
import { type Result, shortNumber, table } from '../output'
import { cellOf, listedRunJson, runsTable } from '../run-output'
import type { Session } from '../session'

export interface ListFlags {
  query?: string
  shelf?: Shelf | 'all'
  view?: string
  sort?: string
  ascending?: boolean
  column: string[]
  limit?: number
}

/** Every run that matches, newest first or by a column; page by page, so that none is left out. */
export async function listRuns({ client }: Session, { view: viewName, sort, ascending = false, column, limit, ...flags }: ListFlags): Promise<Result> {
  const view = viewName === undefined ? null : (await findView(client, viewName)).view
  const query = [view?.query, flags.query].filter(Boolean).map((part, _, parts) => (parts.length > 1 ? `(${part})` : part)).join(' and ')
  const shelf = flags.shelf ?? view?.shelf ?? 'current'
  const runs: Run[] = []
  let counts = { total: 0, matching: 0 }
  do {
    const page = await client.call('runs.list', { query, shelf, offset: runs.length })
    counts = page
    if (page.runs.length === 0) break
    runs.push(...page.runs)
  } while (runs.length < counts.matching)
  const columns = [...column, ...(view && column.length === 0 ? view.columns.filter((name) => /^(metric|parameter):/.test(name)).map((name) => name.replace(/^\w+:/, '')) : [])]
  const sorted = sort === undefined ? runs : sortRuns(runs, sort, ascending)
  const shown = limit === undefined ? sorted : sorted.slice(0, limit)
  const count = say(`${counts.matching} of ${counts.total} runs`, `共 ${counts.total} 个运行，符合 ${counts.matching} 个`)
  const more = shown.length < counts.matching ? say(`; the first ${shown.length} are shown`, `；显示前 ${shown.length} 个`) : ''
  return { json: shown.map((run) => listedRunJson(run, columns)), text: shown.length ? `${runsTable(shown, columns)}\n${count}${more}` : count }
}

function sortRuns(runs: readonly Run[], by: string, ascending: boolean): Run[] {
  const keyed = runs.map((run) => ({ run, key: cellOf(run, by) }))
  const missing = keyed.filter(({ key }) => key === null)
  if (missing.length === runs.length && runs.length > 0) {
    const names = [...new Set(runs.flatMap((run) => [...Object.keys(run.metrics), ...Object.keys(parametersOf(run))]))]
    throw new AppError('table/no-such-column', { name: by, nearest: nearest(by, names) ?? names[0] ?? '–' })
  }
  const compare = (left: number | string, right: number | string): number => (typeof left !== typeof right ? (typeof left === 'number' ? -1 : 1) : left < right ? -1 : left > right ? 1 : 0)
  const present = keyed.filter(({ key }) => key !== null).sort((left, right) => (ascending ? 1 : -1) * compare(left.key!, right.key!))
  return [...present, ...missing].map(({ run }) => run)
}

const idsOf = async (client: Session['client'], names: readonly string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const id of names) ids.push((await client.call('runs.get', { id })).id)
  return [...new Set(ids)]
}

/** Puts runs on a shelf: those that are named, or all that match a query. */
export async function shelveRuns({ client }: Session, names: readonly string[], shelf: Shelf, query: string | undefined): Promise<Result> {
  const ids = query === undefined ? await idsOf(client, names) : (await client.call('table.match', { query, shelf: 'all' })).ids
  const { moved } = await client.call('runs.shelve', { ids, shelf })
  const places = { current: say('back in the list', '放回列表'), archive: say('in the archive', '归档'), trash: say('in the trash', '移入回收站') }
  return { json: { shelf, moved }, text: say(`${moved.length} runs are ${places[shelf]}.`, `已将 ${moved.length} 个运行${places[shelf]}。`) }
}

export async function tagRuns({ client }: Session, names: readonly string[], add: string[], remove: string[]): Promise<Result> {
  const tagged = await client.call('runs.tag', { ids: await idsOf(client, names), add, remove })
  return { json: tagged, text: tagged.map(({ id, tags }) => `${id}  ${tags.join(', ') || '–'}`).join('\n') }
}

export async function editRun({ client }: Session, id: string, change: { name?: string; notes?: string }): Promise<Result> {
  const run = await client.call('runs.update', { id, ...change })
  return { json: listedRunJson(run), text: runsTable([run]) }
}

export interface GroupFlags extends Pick<ListFlags, 'query' | 'shelf'> {
  by: string[]
  metric: string[]
}
/** Runs in groups, with mean, interval and n over all completed runs of each. */
export async function groupRuns({ client }: Session, { query = '', shelf = 'current', by, metric }: GroupFlags): Promise<Result> {
  const groups = await client.call('compare.groups', { query, shelf, by: by.length > 0 ? by : null, ...(metric.length > 0 && { metrics: metric }) })
  const keys = metric.length > 0 ? metric : [...new Set(groups.flatMap(({ metrics }) => Object.keys(metrics)))]
  const cell = (found: (typeof groups)[number]['metrics'][string] | undefined): string =>
    found ? `${shortNumber(found.mean)}${found.interval ? ` ± ${shortNumber(Number(((found.interval.high - found.interval.low) / 2).toPrecision(3)))}` : ''} (n=${found.n})` : '–'
  const rows = groups.map(({ label, runs, metrics }) => [label, runs.length, ...keys.map((key) => cell(metrics[key]))])
  return { json: groups, text: table([say('group', '组'), say('runs', '运行数'), ...keys], rows) }
}

async function findView(client: Session['client'], name: string): Promise<SavedView> {
  const views = await client.call('views.list', {})
  const found = views.find((view) => view.name === name)
  if (!found) throw new AppError('view/not-found', { name, known: views.map((view) => view.name).join(', ') || '–' })
  return found
}
const viewsText = (views: readonly SavedView[]): string => table([say('view', '视图'), say('query', '查询'), say('shelf', '位置')], views.map(({ name, view }) => [name, view.query || '–', view.shelf]))

export async function listViews({ client }: Session): Promise<Result> {
  const views = await client.call('views.list', {})
  return { json: views, text: viewsText(views) }
}
export async function saveView({ client }: Session, name: string, { query = '', shelf, sort, ascending, column }: ListFlags): Promise<Result> {
  const known = await client.call('table.names', {})
  const columnOf = (key: string): string => `${known.metrics.includes(key) ? 'metric' : 'parameter'}:${key}`
  await client.call('table.match', { query })
  const views = await client.call('views.save', {
    name,
    view: { query, shelf: shelf === 'all' || shelf === undefined ? 'current' : shelf, columns: column.map(columnOf), ...(sort !== undefined && { sort: { column: columnOf(sort), descending: !ascending } }) },
  })
  return { json: views, text: viewsText(views) }
}
export async function removeView({ client }: Session, name: string): Promise<Result> {
  const views = await client.call('views.remove', { name })
  return { json: views, text: viewsText(views) }
}
