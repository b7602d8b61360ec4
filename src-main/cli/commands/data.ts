import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DataFormat, Dataset } from '@shared/domain/dataset'
import { say } from '../language'
import { fields, type Result, shortNumber, table } from '../output'
import { createProgressBar } from '../progress-bar'
import type { Session } from '../session'

export interface ImportFlags {
  name?: string
  format?: Exclude<DataFormat, 'generated'>
  member?: string
  labels?: string
  side?: number
  grey?: boolean
  label?: string
  ignore?: string
  categorical?: string
  missing?: 'keep' | 'drop'
}

const datasetJson = ({ columns, ...dataset }: Dataset): object => ({
  ...dataset,
  columns: columns.map(({ name, type, role, missing, categories }) => ({ name, type, role, missing, ...(categories ? { categories } : {}) })),
})

export async function addData({ client }: Session, path: string, { ignore, categorical, ...flags }: ImportFlags): Promise<Result> {
  const full = resolve(path)
  if (!existsSync(full)) {
    const bundled = await addBundled(client, path)
    if (bundled) return { json: datasetJson(bundled), text: describe(bundled) }
  }
  const bar = createProgressBar()
  const end = client.on('import.progress', ({ path: of, fraction }) => of === full && bar.show(fraction, say('importing', '导入中')))
  try {
    const names = (text: string): string[] => text.split(',').map((column) => column.trim())
    const options = {
      ...flags,
      ...(ignore === undefined ? {} : { ignore: names(ignore) }),
      ...(categorical === undefined ? {} : { categorical: names(categorical) }),
    }
    const dataset = await client.call('datasets.import', { path: full, options })
    return { json: datasetJson(dataset), text: describe(dataset) }
  } finally {
    end()
    bar.clear()
  }
}

export async function listData({ client }: Session): Promise<Result> {
  const datasets = await client.call('datasets.list', {})
  const gallery = (await client.call('datasets.gallery', {})).filter(({ datasetId }) => datasetId === null)
  const hint = gallery.length
    ? say(
        `Also bundled, by name: ${gallery.map(({ name }) => name).join(', ')}`,
        `另有内置数据：${gallery.map(({ name }) => name).join('、')}`,
      )
    : ''
  const rows = datasets.map(({ name, id, format, rows: count, shape }) => [name, id, format, count, shape.join(' × ')])
  const text = datasets.length
    ? table([say('name', '名称'), 'id', say('format', '格式'), say('rows', '行数'), say('shape', '形状')], rows)
    : say('No datasets yet.', '还没有数据集。')
  return { json: datasets.map(datasetJson), text: [text, hint].filter(Boolean).join('\n') }
}

export async function showData({ client }: Session, name: string): Promise<Result> {
  const dataset = await client.call('datasets.get', { dataset: name })
  return { json: datasetJson(dataset), text: describe(dataset) }
}

export async function removeData({ client }: Session, name: string): Promise<Result> {
  const dataset = await client.call('datasets.get', { dataset: name })
  await client.call('datasets.remove', { dataset: dataset.id })
  return { json: datasetJson(dataset), text: say(`Removed ${dataset.name}.`, `已删除 ${dataset.name}。`) }
}

async function addBundled(client: Session['client'], name: string): Promise<Dataset | null> {
  const entry = (await client.call('datasets.gallery', {})).find((candidate) => candidate.name === name)
  return entry ? client.call('datasets.addBundled', { name }) : null
}

function describe(dataset: Dataset): string {
  const head = fields([
    [say('name', '名称'), dataset.name],
    ['id', dataset.id],
    [say('format', '格式'), dataset.format],
    [say('rows', '行数'), dataset.rows],
    [say('shape', '形状'), dataset.shape.join(' × ')],
    [say('classes', '类别'), dataset.classes?.join(', ')],
    ['SHA-256', dataset.sha256],
    [say('left out', '未导入'), dataset.leftOut?.length ? dataset.leftOut.map(({ path, why }) => `${path} (${why})`).join('; ') : undefined],
  ])
  const columns = table(
    [say('column', '列'), say('type', '类型'), say('role', '角色'), say('missing', '缺失'), say('mean', '均值'), say('sd', '标准差')],
    dataset.columns.map(({ name, type, role, missing, summary }) => [
      name,
      type,
      role,
      missing,
      summary ? Number(shortNumber(summary.mean)) : null,
      summary ? Number(shortNumber(summary.standardDeviation)) : null,
    ]),
  )
  return `${head}\n\n${columns}`
}
