import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { type DataFormat, type Dataset, datasetFileSchema } from '@shared/domain/dataset'
import { type GeneratorKind, generatorKinds, generatorSchemas, generatorSpecSchema } from '@shared/domain/generator'
import { AppError, RemoteError } from '@shared/rpc/errors'
import { writePieces } from '../../files/write-pieces'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { Cancelled, fields, inWords, type Result, shortNumber, table, WrongArguments } from '../output'
import { createProgressBar, timeLeftLabel } from '../progress-bar'
import { applySetting } from '../spec-file'
import type { Session } from '../session'

export interface ImportFlags {
  name?: string
  format?: Exclude<DataFormat, 'generated'>
  member?: string
  labels?: string
  side?: number
  minDocuments?: number
  grey?: boolean
  label?: string
  ignore?: string
  ids?: string
  categorical?: string
  delimiter?: string
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'
  decimal?: 'point' | 'comma'
  header?: boolean
  comments?: boolean
  missingMarks?: string
  partColumn?: string
  missing?: 'keep' | 'drop'
}

const datasetJson = ({ columns, ...dataset }: Dataset): object => ({
  ...dataset,
  columns: columns.map(({ name, type, role, missing, categories }) => ({ name, type, role, missing, ...(categories ? { categories } : {}) })),
})

interface Surroundings {
  session: Session
  interruptions: Interruptions
}

export async function addData(path: string, { ignore, ids, categorical, missingMarks, ...flags }: ImportFlags, { session, interruptions }: Surroundings): Promise<Result> {
  const { client } = session
  const full = resolve(path)
  if (!existsSync(full)) {
    const bundled = await addBundled(client, path)
    if (bundled) return { json: datasetJson(bundled), text: describe(bundled) }
  }
  const names = (text: string): string[] => text.split(',').map((column) => column.trim())
  const options = {
    ...flags,
    ...Object.fromEntries(Object.entries({ ignore, ids, categorical, missingMarks }).flatMap(([key, list]) => (list === undefined ? [] : [[key, names(list)]]))),
  }
  const dataset = await follow(full, () => client.call('datasets.import', { path: full, options }), { session, interruptions })
  return { json: datasetJson(dataset), text: describe(dataset) }
}

/** Shows how far an import is; an interruption cancels it. */
async function follow(path: string, begin: () => Promise<Dataset>, { session: { client }, interruptions }: Surroundings): Promise<Dataset> {
  const bar = createProgressBar()
  const phase = say('importing', '导入中')
  const end = client.on('import.progress', ({ path: of, fraction, etaMs }) => of === path && bar.show(fraction, timeLeftLabel(phase, etaMs)))
  const release = interruptions.handle(async (times) => {
    if (times > 1) return false
    await client.call('datasets.cancelImport', { path })
    return true
  })
  try {
    return await begin()
  } catch (error) {
    throw error instanceof RemoteError && error.code === 'dataset/import-cancelled' ? new Cancelled() : error
  } finally {
    release()
    end()
    bar.clear()
  }
}

export async function generateData(
  kind: string,
  { set, seed, name }: { set: string[]; seed?: number; name?: string },
  surroundings: Surroundings,
): Promise<Result> {
  if (!(generatorKinds as string[]).includes(kind)) throw new WrongArguments('cli/no-generator', { kind, kinds: generatorKinds })
  const spec: Record<string, unknown> = { kind, ...(seed === undefined ? {} : { seed }) }
  for (const setting of set) applySetting(spec, setting)
  const parsed = generatorSpecSchema.safeParse(spec)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new WrongArguments('cli/generator-field', { field: path.join('.'), kind, fields: Object.keys(generatorSchemas[kind as GeneratorKind].shape), problem: message })
  }
  const { client } = surroundings.session
  const dataset = await follow(kind, () => client.call('datasets.generate', { spec: parsed.data, ...(name === undefined ? {} : { name }) }), surroundings)
  return { json: datasetJson(dataset), text: describe(dataset) }
}

export async function showTruth({ client }: Session, name: string): Promise<Result> {
  const truth = await client.call('datasets.truth', { dataset: name })
  if (!truth) throw new AppError('dataset/no-truth', { name })
  const lines = [
    ...truth.parameters.map((known) => [known.name, known.shape.join(' × '), shortList(known.values)]),
    ...truth.factors.map((known) => [known.name, String(known.values.length), shortList(known.values)]),
  ]
  const head = fields([
    [say('generator', '生成方式'), truth.generator.kind],
    [say('log-likelihood, nats per row', '对数似然，每行奈特'), truth.logLikelihood === null ? undefined : shortNumber(truth.logLikelihood)],
  ])
  return { json: truth, text: `${head}\n\n${table([say('known', '真值'), say('shape', '形状'), say('values', '数值')], lines)}` }
}

export async function scoreRun({ client }: Session, run: string): Promise<Result> {
  const score = await client.call('inspect.score', { id: run })
  const { logLikelihood, adjustedRandIndex, normalizedMutualInformation } = score
  const head = fields([
    [say('log-likelihood of the run, nats per row', '实验的对数似然，每行奈特'), logLikelihood ? shortNumber(logLikelihood.run) : undefined],
    [say('of the truth', '真值的对数似然'), logLikelihood ? shortNumber(logLikelihood.truth) : undefined],
    [say('adjusted Rand index', '调整兰德指数'), adjustedRandIndex === null ? undefined : shortNumber(adjustedRandIndex)],
    [say('normalized mutual information', '归一化互信息'), normalizedMutualInformation === null ? undefined : shortNumber(normalizedMutualInformation)],
  ])
  const rows = score.parameters.map(({ name, largest, mean }) => [name, shortNumber(largest), shortNumber(mean)])
  const errors = rows.length > 0 ? table([say('parameter', '参数'), say('largest error', '最大误差'), say('mean error', '平均误差')], rows) : ''
  return { json: score, text: [head, errors].filter(Boolean).join('\n\n') }
}

const shownValues = 6
const shortList = (values: number[]): string => `${values.slice(0, shownValues).map(shortNumber).join(' ')}${values.length > shownValues ? ' …' : ''}`

export async function updateData(
  { client }: Session,
  name: string,
  { tags, ...change }: { name?: string; description?: string; tags?: string },
): Promise<Result> {
  const words = tags?.split(',').map((tag) => tag.trim()).filter(Boolean)
  const dataset = await client.call('datasets.update', { dataset: name, ...change, ...(words ? { tags: words } : {}) })
  return { json: datasetJson(dataset), text: describe(dataset) }
}

/** Piece by piece into a file beside its place, then moved there: whole or not at all. */
export async function exportData({ client }: Session, name: string, out: string): Promise<Result> {
  const path = resolve(out)
  const format = datasetFileSchema.safeParse(extname(path).slice(1).toLowerCase())
  if (!format.success) throw new WrongArguments('cli/out-format', { path: out })
  const bar = createProgressBar()
  const bytes = await writePieces(path, async function* pieces() {
    let offset: number | null = 0
    while (offset !== null) {
      const piece: { bytes: Uint8Array; next: number | null; rows: number } = await client.call('datasets.export', { dataset: name, format: format.data, offset })
      bar.show((piece.next ?? piece.rows) / piece.rows, say('writing', '写入中'))
      yield piece.bytes
      offset = piece.next
    }
  }).catch((error: unknown) => {
    if (error instanceof RemoteError) throw error
    throw new AppError('cli/out-unwritable', { path, reason: (error as Error).message })
  })
  bar.clear()
  return { json: { out: path, bytes }, text: say(`Written: ${path} (${bytes} bytes)`, `已写入：${path}（${bytes} 字节）`) }
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

export async function removeData({ client }: Session, name: string, force: boolean): Promise<Result> {
  const dataset = await client.call('datasets.get', { dataset: name })
  await client.call('datasets.remove', { dataset: dataset.id, force })
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
    [say('tags', '标签'), dataset.tags?.join(', ')],
    [say('description', '描述'), dataset.description || undefined],
    [say('made by', '生成方式'), dataset.truth && JSON.stringify(dataset.truth.generator)],
    [say('log-likelihood of the truth', '真值的对数似然'), dataset.truth?.logLikelihood ?? undefined],
    ['SHA-256', dataset.sha256],
    [say('left out', '未导入'), dataset.leftOut?.length ? dataset.leftOut.map(({ path, why, notice }) => `${path} (${notice ? inWords(notice) : why})`).join('; ') : undefined],
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
