import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Column, ImportOptions, ImportPreview } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { nameClasses } from './arrays'
import { summarizeColumns } from './column-summary'
import { sniffEncoding } from './csv-dialect'
import { type FileBelow, filesBelow } from './files-below'
import { type ParsedData, type ReadProgress, yieldToEventLoop } from './parsed-data'
import { emptyPreview, type Look } from './preview'
import { openSource, readContents, type SourceRecord } from './source'

/*
 * Documents as a table of term counts: a folder of text files, each a document, its class the subfolder it lies in; or a file with a document
 * on every line. A term is a word of Unicode's segmentation (UAX 29, with dictionaries for Chinese and its neighbours), in lower case.
 */

interface Document extends FileBelow {
  text(): Promise<string>
}

const endings = /\.(txt|text|md)$/i
const mostTerms = 20_000
const mostBytes = 1 << 26
/** Terms of fewer documents say nothing of the others; in a few documents all are kept. */
const usualLeast = (documents: number): number => (documents < 10 ? 1 : 2)

export const findDocuments = (folder: string): FileBelow[] => filesBelow(folder, endings)

/** A folder is one of documents where most of what lies in it are texts; a readme beside other things is none. */
export function isMostlyDocuments(folder: string): boolean {
  const documents = findDocuments(folder).length
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.')).length
  return documents > 1 && documents > files / 2
}

async function documentsOf(path: string, options: ImportOptions, records: SourceRecord[]): Promise<Document[]> {
  if (!statSync(path).isDirectory()) {
    const pieces: Buffer[] = []
    for await (const piece of readContents(await openSource(path), { onEnd: (record) => records.push(record) })) pieces.push(piece)
    const lines = decode(Buffer.concat(pieces), path, options).split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')
    return lines.map((line) => ({ path, folder: null, text: async () => line }))
  }
  return findDocuments(path).map((file) => ({
    ...file,
    text: async () => {
      if (statSync(file.path).size > mostBytes) throw new AppError('dataset/document-too-long', { path: file.path, megabytes: mostBytes >> 20 })
      const bytes = await readFile(file.path)
      records.push({ path: file.path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
      return bytes.length === 0 ? '' : decode(bytes, file.path, options)
    },
  }))
}

function decode(bytes: Buffer, path: string, { encoding }: ImportOptions): string {
  return new TextDecoder(encoding ?? sniffEncoding({ bytes, complete: true }, path)).decode(bytes)
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })

/** Words in the order they stand; numbers and punctuation are none. */
export function termsOf(text: string): string[] {
  const terms: string[] = []
  for (const { segment, isWordLike } of segmenter.segment(text)) if (isWordLike && /\p{L}/u.test(segment)) terms.push(segment.toLowerCase())
  return terms
}

interface Counted {
  counts: Map<string, number>[]
  /** In how many documents each term stands. */
  spread: Map<string, number>
}

async function count(documents: Document[], onProgress?: ReadProgress): Promise<Counted> {
  const counts: Map<string, number>[] = []
  const spread = new Map<string, number>()
  for (const document of documents) {
    const own = new Map<string, number>()
    for (const term of termsOf(await document.text())) own.set(term, (own.get(term) ?? 0) + 1)
    for (const term of own.keys()) spread.set(term, (spread.get(term) ?? 0) + 1)
    counts.push(own)
    if (counts.length % 64 === 0) {
      onProgress?.(counts.length / documents.length)
      await yieldToEventLoop()
    }
  }
  return { counts, spread }
}

async function tableOf(path: string, documents: Document[], { counts, spread }: Counted, options: ImportOptions): Promise<Omit<ParsedData, 'format' | 'source'>> {
  const least = options.minDocuments ?? usualLeast(documents.length)
  const left = new Set(options.ignore?.map((term) => term.toLowerCase()))
  const terms = [...spread].filter(([term, number]) => number >= least && !left.has(term)).map(([term]) => term).sort()
  if (terms.length === 0) throw new AppError('dataset/no-terms', { path, least })
  if (terms.length > mostTerms) throw new AppError('dataset/too-many-terms', { path, terms: terms.length, most: mostTerms, least })
  const place = new Map(terms.map((term, index) => [term, index]))
  const features = new Float64Array(documents.length * terms.length)
  counts.forEach((own, row) => {
    for (const [term, number] of own) {
      const column = place.get(term)
      if (column !== undefined) features[row * terms.length + column] = number
    }
  })
  const summaries = await summarizeColumns(features, terms.length)
  const columns = terms.map((name, index): Column => ({ name, type: 'integer', role: 'feature', missing: 0, ...(summaries[index] ? { summary: summaries[index] } : {}) }))
  const hasFolders = documents.some(({ folder }) => folder !== null)
  const named = hasFolders ? nameClasses(path, 'folder', documents.map(({ folder }) => folder)) : { classes: null, labels: null }
  if (named.labels) columns.push({ name: 'folder', type: 'category', role: 'label', missing: named.labels.filter((code) => code < 0).length })
  return { kind: 'table', rows: documents.length, columns, shape: [documents.length, terms.length], parts: [], valueRange: null, features, ...named }
}

export async function readDocuments(path: string, options: ImportOptions, onProgress?: ReadProgress): Promise<ParsedData> {
  const source: SourceRecord[] = []
  const documents = await documentsOf(path, options, source)
  if (documents.length === 0) throw new AppError('dataset/no-documents', { path })
  const table = await tableOf(path, documents, await count(documents, onProgress), options)
  onProgress?.(1)
  return { format: 'text', ...table, source: folded(path, source) }
}

/** Many files of a folder are one source: the hash of their hashes. */
function folded(path: string, records: SourceRecord[]): SourceRecord[] {
  if (records.length <= 1) return records
  const hash = createHash('sha256')
  for (const record of records) hash.update(record.sha256)
  return [{ path, bytes: records.reduce((sum, record) => sum + record.bytes, 0), sha256: hash.digest('hex') }]
}

const documentsLookedAt = 200

export async function previewDocuments(path: string, options: ImportOptions): Promise<Look> {
  const preview: ImportPreview = emptyPreview(path, { format: 'text', kind: 'table', suggestedName: basename(path).replace(endings, ''), bytes: 0 })
  try {
    const records: SourceRecord[] = []
    const all = await documentsOf(path, options, records)
    if (all.length === 0) throw new AppError('dataset/no-documents', { path })
    const shown = all.slice(0, documentsLookedAt)
    const counted = await count(shown)
    const sample = await tableOf(path, shown, counted, options)
    const complete = shown.length === all.length
    Object.assign(preview, { columns: sample.columns, rowsRead: shown.length, complete, shape: complete ? sample.shape : null, encoding: options.encoding ?? null })
    preview.bytes = records.reduce((sum, record) => sum + record.bytes, 0)
    return { preview, sample }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { preview: { ...preview, problem: error.toJSON() }, sample: null }
  }
}
