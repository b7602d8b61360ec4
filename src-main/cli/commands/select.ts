import { type CovarianceStructure, covarianceStructures } from '@shared/domain/models/mixtures'
import type { Selection, SelectionQuestion, SelectionRequestInput, SelectionUnit } from '@shared/domain/selection'
import { type BootstrapResult, type GridResult, type RatioTest, bootstrapResult, chosenByTests, criterionNames, gridResult, ratioTests } from '@shared/domain/selection-results'
import { RemoteError } from '@shared/rpc/errors'
import { followSelection } from '../follow-selection'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { exitStatus, inWords, type Result, shortNumber, WrongArguments, table } from '../output'
import { statusLabel } from '../run-output'
import type { Session } from '../session'

export interface SelectFlags {
  components: string
  structures: string
  restarts?: number
  folds?: number
}

/** 1..9, or 2,3,5 */
export function parseComponents(text: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text)
  const numbers = range
    ? Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, index) => Number(range[1]) + index)
    : text.split(',').map(Number)
  if (numbers.length === 0 || numbers.length > 100 || numbers.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new WrongArguments('cli/not-components', { got: text })
  }
  return [...new Set(numbers)]
}

export function parseStructures(text: string): CovarianceStructure[] {
  if (text === 'all') return [...covarianceStructures]
  if (text === 'none') return []
  const named = text.split(',').map((name) => {
    const found = covarianceStructures.find((structure) => structure === name.trim().toUpperCase())
    if (!found) throw new WrongArguments('cli/not-a-structure', { got: name, known: [...covarianceStructures] })
    return found
  })
  return [...new Set(named)]
}

interface Following {
  session: Session
  interruptions: Interruptions
}

const isGaussian = (spec: Record<string, unknown>): boolean => {
  const kind = (spec['model'] as { kind?: unknown } | undefined)?.kind
  return kind === undefined || kind === 'gaussian-mixture'
}

export function select(spec: Record<string, unknown>, flags: SelectFlags, following: Following): Promise<Result> {
  return ask(following, {
    kind: 'grid',
    spec,
    components: parseComponents(flags.components),
    structures: isGaussian(spec) ? parseStructures(flags.structures) : [],
    ...(flags.restarts === undefined ? {} : { restarts: flags.restarts }),
    ...(flags.folds === undefined ? {} : { folds: flags.folds }),
  })
}

export interface RatioFlags {
  components: string
  structure?: string
  replicates?: number
  restarts?: number
  level?: number
}

export function testComponents(spec: Record<string, unknown>, flags: RatioFlags, following: Following): Promise<Result> {
  const { components, structure, ...others } = flags
  return ask(following, {
    kind: 'ratio-test',
    spec,
    components: parseComponents(components),
    structures: structure === undefined ? [] : parseStructures(structure).slice(0, 1),
    ...only(others, ['replicates', 'restarts', 'level']),
  })
}

export interface BootstrapFlags {
  resampling?: 'nonparametric' | 'parametric'
  replicates?: number
  confidence?: number
}

export const bootstrap = (run: string, flags: BootstrapFlags, following: Following): Promise<Result> =>
  ask(following, { kind: 'bootstrap', run, ...only(flags, ['resampling', 'replicates', 'confidence']) })

const only = <T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]]))) as Pick<T, K>

const ask = (following: Following, request: SelectionRequestInput): Promise<Result> => startSelection(request, following)

export const startSelection = (request: SelectionRequestInput, following: Following): Promise<Result> =>
  follow(following, () => following.session.client.call('selections.start', request))

export const resumeSelection = (id: string, following: Following): Promise<Result> =>
  follow(following, () => following.session.client.call('selections.resume', { id }))

async function follow({ session, interruptions }: Following, begin: () => Promise<Selection>): Promise<Result> {
  const { id } = await followSelection({ client: session.client, interruptions, begin })
  const { selection, units } = await session.client.call('selections.open', { id })
  if (selection.status === 'failed' && selection.error) throw new RemoteError(selection.error)
  const shown = told(selection, units)
  return selection.status === 'completed' ? shown : { ...shown, status: selection.status === 'cancelled' ? exitStatus.cancelled : exitStatus.failed }
}

export async function listSelections({ client }: Session): Promise<Result> {
  const all = await client.call('selections.list', {})
  const rows = all.map((one) => [one.id, statusLabel(one.status), one.name, one.question.kind, one.createdAt])
  return { json: all, text: table(['id', say('status', '状态'), say('name', '名称'), say('kind', '类型'), say('created', '创建时间')], rows) }
}

export async function showSelection({ client }: Session, id: string): Promise<Result> {
  const { selection, units } = await client.call('selections.open', { id })
  return told(selection, units)
}

export async function removeSelection({ client }: Session, id: string): Promise<Result> {
  const { id: removed } = await client.call('selections.get', { id })
  await client.call('selections.remove', { id: removed })
  return { json: { id: removed }, text: say(`Removed ${removed}.`, `已删除 ${removed}。`) }
}

/** The figures, with what they belong to. */
function told(selection: Selection, units: readonly SelectionUnit[]): Result {
  const { id, status, question, durationMs, error } = selection
  const head = { id, status, kind: question.kind, dataset: selection.datasetName, ...(error ? { error } : {}) }
  const found = answer(question, units)
  return { json: { ...head, ...found.json, durationMs }, text: [...(error ? [inWords(error)] : []), found.text].join('\n') }
}

function answer(question: SelectionQuestion, units: readonly SelectionUnit[]): { json: object; text: string } {
  switch (question.kind) {
    case 'grid': {
      const found = gridResult(question, units)
      return { json: found, text: describeGrid(found) }
    }
    case 'ratio-test': {
      const tests = ratioTests(question, units)
      const chosen = chosenByTests(tests, question.level)
      return { json: { tests, chosen, level: question.level }, text: describeTests(tests, chosen) }
    }
    case 'bootstrap': {
      const found = bootstrapResult(question, units)
      return { json: { run: question.run, resampling: question.resampling, confidence: question.confidence, ...found }, text: describeBootstrap(found) }
    }
    default:
      return question satisfies never
  }
}

function describeGrid({ cells, best }: GridResult): string {
  const counts = [...new Set(cells.map(({ components }) => components))]
  const structures = [...new Set(cells.map(({ structure }) => structure))]
  const valueAt = (components: number, structure: CovarianceStructure | null): string => {
    const cell = cells.find((one) => one.components === components && one.structure === structure)
    return cell === undefined || cell.bic === null ? '–' : `${cell.bic.toFixed(1)}${cell.spurious ? '*' : ''}`
  }
  const rows = structures.map((structure) => [structure ?? '', ...counts.map((count) => valueAt(count, structure))])
  const chosen = criterionNames.flatMap((criterion) => {
    const choice = best[criterion]
    if (!choice) return []
    const name = criterion === 'crossValidated' ? say('cross-validation', '交叉验证') : criterion.toUpperCase()
    const cell = cells.find((one) => one.components === choice.components && one.structure === choice.structure)
    const error = criterion === 'crossValidated' && cell && cell.standardError !== null ? ` ± ${cell.standardError.toFixed(4)}` : ''
    return [`${name}: ${choice.structure ?? ''} K=${choice.components} (${choice.value.toFixed(4)}${error})`]
  })
  const reasons = [...new Set(cells.flatMap(({ reason }) => (reason ? [inWords(reason)] : [])))].map((text) => `– ${text}`)
  const note = cells.some(({ spurious, bic }) => spurious && bic !== null) ? [say('* only a spurious optimum', '* 仅找到伪最优解')] : []
  return [table(['BIC', ...counts.map(String)], rows), ...chosen, ...note, ...reasons].join('\n')
}

function describeTests(tests: readonly RatioTest[], chosen: number | null): string {
  const rows = tests.map(({ components, statistic, simulated, failed, pValue }) => [
    `${components} : ${components + 1}`,
    shortNumber(statistic),
    String(simulated.length) + (failed > 0 ? ` (${say(`${failed} failed`, `${failed} 次失败`)})` : ''),
    pValue === null ? null : pValue.toFixed(4),
  ])
  const verdict = chosen === null ? [] : [say(`K=${chosen} is not rejected.`, `不拒绝 K=${chosen}。`)]
  return [table(['K', say('statistic', '统计量'), say('draws', '抽样次数'), 'p'], rows), ...verdict].join('\n')
}

function describeBootstrap({ replicates, failed, parameters }: BootstrapResult): string {
  const rows = parameters.map(({ name, estimate, standardError, bias, low, high }) => [name, ...[estimate, standardError, bias, low, high].map(shortNumber)])
  const header = [say('parameter', '参数'), say('estimate', '估计'), say('standard error', '标准误'), say('bias', '偏差'), say('low', '下限'), say('high', '上限')]
  const count = say(`${replicates} resamples`, `${replicates} 次重抽样`) + (failed > 0 ? say(`, ${failed} could not be fitted`, `，${failed} 次无法拟合`) : '')
  return [table(header, rows), count].join('\n')
}
