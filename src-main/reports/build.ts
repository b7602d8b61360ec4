import type { Comparison } from '@shared/domain/comparison'
import type { Dataset } from '@shared/domain/dataset'
import type { Evidence } from '@shared/domain/evidence'
import type { ReportBlock, ReportManifest, ReportPlan } from '@shared/domain/report'
import type { InquiryAnswer, InquiryKind } from '@shared/domain/inquiry'
import type { Notice, Pictures, Run, SeriesByKey } from '@shared/domain/run'
import type { Selection, SelectionUnit } from '@shared/domain/selection'
import type { Sweep, Trial } from '@shared/domain/sweep'
import type { MethodInput, MethodName, MethodOutput } from '@shared/rpc/contract'
import { AppError, toNotice } from '@shared/rpc/errors'
import { sentence } from '@shared/messages/messages'
import type { Block, Language, ReportDocument } from './document'
import { figureBlock, pinnedBlock } from './figure-blocks'
import { pictureBlocks, traversalBlocks } from './picture-blocks'
import { referencesOf } from './references'
import { parseRichText } from './rich-text'
import { cardTable, environmentTable, evidenceTable, methodsOf, resultTables, specBlocks, statisticsTable, sweepBlocks } from './tables'
import { type Words, wordsOf } from './words'

export interface ReportedRun {
  run: Run
  series: SeriesByKey
  /** Null where it was removed, or holds other numbers than when the run was made. */
  dataset: Dataset | null
  /** Estimates of log p(x) that were made, newest first. */
  evidence: Evidence[]
}

type InspectMethod = Extract<MethodName, `inspect.${string}`>

/** What blocks ask for beyond the runs themselves: looking inside is a question to a process of its own. */
export interface Inside {
  pictures(run: Run, step: number | undefined): Pictures | null
  /** What a method of the contract answers about a fitted run. */
  ask<M extends InspectMethod>(run: Run, method: M, question?: Omit<MethodInput<M>, 'id'>): Promise<MethodOutput<M>>
  /** A picture of a checked SVG, for LaTeX. */
  png(svg: string): Promise<Uint8Array>
  sha256(text: string): string
  /** Of a time as it is stored. */
  milliseconds(iso: string): number
}

export interface ReportSource {
  runs: ReportedRun[]
  comparison: Comparison | null
  sweep: { sweep: Sweep; trials: Trial[] } | null
  /** Of another sweep, a selection or an inquiry by its id, or the newest completed inquiry of a kind about a run; null where there is none. */
  anySweep(id: string): Promise<{ sweep: Sweep; trials: Trial[] } | null>
  selection(id: string): { selection: Selection; units: SelectionUnit[] } | null
  /** Groups of some of the runs: their labels tell what differs between these. */
  groupsOf(runs: readonly Run[]): Comparison['statistics']['groups']
  answer(about: { run: string; kind: InquiryKind } | { inquiry: string }): InquiryAnswer | null
  /** What a reviewer would ask for. */
  notices: Notice[]
  manifest: ReportManifest
  inside: Inside
}

/** What every block is made with. `next` gives names of files that no other figure has. */
export interface BlockContext extends ReportSource {
  words: Words
  language: Language
  next(kind: string): string
}

export interface Section {
  blocks: Block[]
  /** Why there is nothing, where there is nothing. */
  problem: Notice | null
}

type Makers = { [K in ReportBlock['kind']]: (block: Extract<ReportBlock, { kind: K }>, context: BlockContext) => Block[] | Promise<Block[]> }

const heading = (text: string, blocks: Block[]): Block[] => (blocks.length > 0 ? [{ kind: 'heading', text }, ...blocks] : [])

const makers: Makers = {
  text: ({ text }) => [{ kind: 'rich', blocks: parseRichText(text) }],
  preflight: (_, { notices, words, language }) => {
    const texts = notices.map(({ code, details, message }) => sentence(code, details, language, message))
    return heading(words.before, texts.length > 0 ? [{ kind: 'notices', texts }] : [{ kind: 'paragraph', text: words.nothingMissing }])
  },
  card: (_, context) => heading(context.words.card, [cardTable(context)]),
  specification: (_, context) => heading(context.runs.length > 1 ? context.words.differs : context.words.specification, specBlocks(context)),
  results: ({ metrics }, context) => heading(context.words.results, resultTables(context, metrics)),
  statistics: ({ metric }, context) => heading(context.words.statistics, statisticsTable(context, metric)),
  curves: async ({ metrics }, context) => {
    const keys = metrics ?? curveKeys(context.runs)
    const figures = await Promise.all(keys.map((metric) => figureBlock({ kind: 'figure', figure: { kind: 'metric', metric }, frozen: null }, context)))
    const note: Block[] = metrics ? [] : [{ kind: 'paragraph', text: context.words.onePoint }]
    return heading(context.words.figures, [...figures, ...note])
  },
  figure: async (block, context) => [await figureBlock(block, context)],
  pinned: async (block, context) => [await pinnedBlock(block, context)],
  pictures: (block, context) => pictureBlocks(block, context),
  traversals: async (block, context) => traversalBlocks(block, context),
  'em-steps': async (block, context) => [await figureBlock(block, context)],
  sweep: ({ trials }, context) => heading(context.words.sweep, sweepBlocks(context, trials)),
  evidence: (_, context) => heading(context.words.evidence, [evidenceTable(context)]),
  methods: (_, context) => heading(context.words.methods, methodsOf(context)),
  environment: (_, context) => heading(context.words.environment, [environmentTable(context)]),
  reproduction: (_, { runs, words }) => heading(words.reproduce, [{ kind: 'paragraph', text: words.reproduceText(runs.length) }]),
  references: (_, { runs }) => {
    const references = referencesOf(runs.map(({ run }) => run.spec))
    return references.length > 0 ? [{ kind: 'references', references }] : []
  },
}

const perDimension = /\[\d+\]$/
/** Metrics with a curve, without those of single dimensions. */
export const curveKeys = (runs: readonly Pick<ReportedRun, 'series'>[]): string[] =>
  [...new Set(runs.flatMap(({ series }) => Object.keys(series)))].filter((key) => !perDimension.test(key) && runs.some(({ series }) => (series[key]?.step.length ?? 0) > 1))

/** Every block of the plan, in its order. What a user can mend stands as a sentence where the block would be; bugs are thrown. */
export async function composeSections(plan: ReportPlan, source: ReportSource): Promise<Section[]> {
  const words = wordsOf(plan.language)
  const counts = new Map<string, number>()
  const next = (kind: string): string => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    return `${kind}-${count}`
  }
  const context: BlockContext = { ...source, words, language: plan.language, next }
  const sections: Section[] = []
  for (const block of plan.blocks) sections.push(await sectionOf(block, context))
  return sections
}

async function sectionOf(block: ReportBlock, context: BlockContext): Promise<Section> {
  try {
    // each maker takes the block of its own kind
    return { blocks: await (makers[block.kind] as (one: ReportBlock, with_: BlockContext) => Block[] | Promise<Block[]>)(block, context), problem: null }
  } catch (error) {
    const isOurs = error instanceof AppError || (error instanceof Error && error.name === 'RemoteError')
    if (!isOurs) throw error
    const problem = toNotice(error)
    return { blocks: [{ kind: 'notices', texts: [sentence(problem.code, problem.details, context.language, problem.message)] }], problem }
  }
}

export function headOf(plan: ReportPlan, { runs, sweep, manifest }: Pick<ReportSource, 'runs' | 'sweep' | 'manifest'>): Pick<ReportDocument, 'title' | 'subtitle'> {
  const words = wordsOf(plan.language)
  const data = [...new Set(runs.map(({ run }) => run.datasetName))].join(', ') || (sweep?.sweep.datasetName ?? '—')
  const usual = sweep ? sweep.sweep.name : runs.length === 1 ? runs[0]!.run.name : `${words.report}: ${data}`
  return { title: plan.title.trim() || usual, subtitle: `${words.of(runs.length, data)} · ${manifest.createdAt.slice(0, 10)}` }
}

export async function buildReport(plan: ReportPlan, source: ReportSource): Promise<ReportDocument> {
  const sections = await composeSections(plan, source)
  return { ...headOf(plan, source), language: plan.language, blocks: sections.flatMap(({ blocks }) => blocks), manifest: source.manifest }
}
