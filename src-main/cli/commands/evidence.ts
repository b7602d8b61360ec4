import { type Evidence, type EvidenceOptions, usualChains } from '@shared/domain/evidence'
import { followInquiry } from '../follow-inquiry'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { type Result, inWords, table } from '../output'
import type { Session } from '../session'

export type EvidenceFlags = Partial<EvidenceOptions> & Pick<EvidenceOptions, 'estimator'>

export async function evidence(
  run: string,
  dataset: string | undefined,
  flags: EvidenceFlags,
  { session, interruptions }: { session: Session; interruptions: Interruptions },
): Promise<Result> {
  const about = dataset === undefined ? {} : { dataset }
  const samples = flags.samples ?? (flags.estimator === 'ais' ? usualChains : undefined)
  const options = { ...flags, ...(samples === undefined ? {} : { samples }) }
  const answer = await followInquiry(
    { run, question: { kind: 'evidence', ...about, options: options as EvidenceOptions } },
    { client: session.client, interruptions },
  )
  if (answer.kind !== 'evidence') throw new Error('the answer is of another kind')
  return { json: leanly(answer.evidence), text: describe(answer.evidence) }
}

/** Without what only pictures need. */
function leanly({ scatter: _scatter, ...evidence }: Evidence): Omit<Evidence, 'scatter'> {
  return evidence
}

function describe(found: Evidence): string {
  const { logLikelihood, standardError, rowStandardError, effectiveSampleSize, samples, durationMs } = found
  const digits = (value: number | null, count = 4): string => (value === null ? '–' : value.toFixed(count))
  const lines = [
    [say('estimator', '估计量'), found.proposal ? `${found.estimator} (${found.proposal})` : found.estimator],
    [say('rows', '数据行'), `${found.part}, ${found.rows}`],
    [say('log p(x), nats per row', 'log p(x)，每行奈特'), digits(logLikelihood)],
    [say('standard error, sampling z', '标准误（对 z 采样）'), digits(standardError)],
    [say('standard error, choice of rows', '标准误（数据行的选取）'), digits(rowStandardError)],
    [say('samples', '样本数'), samples === null ? '–' : String(samples)],
    [say('effective, median row', '有效样本数（中位行）'), digits(effectiveSampleSize, 1)],
    [say('seconds', '秒'), (durationMs / 1000).toFixed(1)],
  ]
  return `${table(lines[0]!, lines.slice(1))}\n${found.verdict.map((notice) => inWords(notice)).join('\n')}`
}
