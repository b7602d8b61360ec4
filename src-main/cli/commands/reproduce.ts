import { existsSync, readFileSync, statSync } from 'node:fs'
import { type ReportManifest, reportManifestSchema } from '@shared/domain/report'
import { AppError } from '@shared/rpc/errors'
import { followRun } from '../follow-run'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { exitStatus, type Result } from '../output'
import type { Session } from '../session'

type Entry = ReportManifest['runs'][number]

/** The manifest inside a report, or a manifest.json, or that of a run that is stored here. */
async function readManifest({ client }: Session, target: string): Promise<ReportManifest> {
  if (!existsSync(target)) {
    // a name with an ending or a slash was meant as a file
    if (/[./\\]/.test(target)) throw new AppError('report/no-file', { path: target })
    return client.call('reports.manifest', { runs: [target] })
  }
  if (statSync(target).isDirectory()) throw new AppError('report/no-manifest', { path: target })
  const text = readFileSync(target, 'utf8')
  const inside = /<script type="application\/json" id="latent-manifest">(.*?)<\/script>/s.exec(text)?.[1]
  try {
    return reportManifestSchema.parse(JSON.parse(inside ?? text))
  } catch {
    throw new AppError('report/no-manifest', { path: target })
  }
}

/** |a − b| / max(|a|, |b|), the largest over the figures of both; one that only one side has counts as 1. */
export function largestDifference(before: Entry['metrics'], after: Entry['metrics']): number {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return Math.max(
    0,
    ...[...keys].map((key) => {
      const [a, b] = [before[key], after[key]]
      if (a === b) return 0
      return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)) : 1
    }),
  )
}

/** Runs every run of a report again, on the same data and device, and compares all points and all end figures. */
export async function reproduce(session: Session, target: string, interruptions: Interruptions): Promise<Result> {
  const { client } = session
  const manifest = await readManifest(session, target)
  const results: { run: string; again: string; status: string; bitExact: boolean; largestRelativeDifference: number }[] = []
  for (const before of manifest.runs) {
    const stored = (await client.call('datasets.list', {})).find(({ sha256 }) => sha256 === before.dataset.sha256)
    const place = before.device === null ? {} : { device: before.device, runtime: before.runtime }
    const spec = { ...(before.spec as Record<string, unknown>), dataset: stored?.id ?? before.dataset.name, ...place }
    const run = await followRun({ client, interruptions, begin: () => client.call('runs.start', { spec }) })
    if (run.datasetSha256 !== before.dataset.sha256) throw new AppError('report/other-data', { run: before.id, dataset: before.dataset.name })
    const [after] = (await client.call('reports.manifest', { runs: [run.id] })).runs
    const difference = largestDifference(before.metrics, after!.metrics)
    const bitExact = run.status === 'completed' && after!.seriesSha256 === before.seriesSha256 && difference === 0
    results.push({ run: before.id, again: run.id, status: run.status, bitExact, largestRelativeDifference: difference })
  }
  const text = results.map(({ run, again, bitExact, largestRelativeDifference: difference }) =>
    bitExact
      ? say(`${run} → ${again}: bit-exact.`, `${run} → ${again}：逐位一致。`)
      : say(`${run} → ${again}: largest relative difference of its end figures ${difference}; points differ.`, `${run} → ${again}：最终指标的最大相对差为 ${difference}；过程中的点不同。`),
  )
  const isDone = results.every(({ status }) => status === 'completed')
  return { json: { bitExact: results.every((one) => one.bitExact), runs: results }, text: text.join('\n'), status: isDone ? exitStatus.done : exitStatus.failed }
}
