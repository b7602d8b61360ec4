import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import { type BenchCase, cases } from './cases'
import { evidenceCases } from './evidence-cases'
import { gradientSteps } from './gradient-steps'
import { latentCases } from './latent-cases'
import { type Peer, findPeer, libraries, startPeer } from './peer'

export interface BenchOptions {
  /** Only cases whose name holds this text. */
  filter: string
  threads: number
  /** Rounds of blocks; we and the peers take turns in each. */
  rounds: number
  /** Folder of the peers' scripts. */
  peerFolder: string
  outFolder: string
  /** The file that lanes run. */
  laneEntry: string
  say(line: string): void
}

interface Row {
  case: string
  unit: string
  threads: number
  medianMs: number
  peers: { label: string; version: string; medianMs: number | null; ratio: number | null; error?: string }[]
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Times us and the peers in turns on this machine, prints medians and ratios, and saves them as JSON. */
export async function bench(options: BenchOptions): Promise<void> {
  const { say } = options
  const peers = new Map<string, Peer>()
  const chosen = [...gradientSteps, ...cases, ...latentCases, ...evidenceCases].filter(({ name }) => name.includes(options.filter))
  for (const library of libraries.filter((name) => chosen.some((benchCase) => benchCase.peers.some((peer) => peer.library === name)))) {
    const command = findPeer(library, options.peerFolder)
    if (command) peers.set(library, await startPeer(command, options.threads))
    else say(`${library} was not found: its column is skipped (LATENT_BENCH_PYTHON and LATENT_BENCH_RSCRIPT name the interpreters to use)`)
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30), platform: platform(), arch: arch(), node: process.version }
  const versions = [...peers.values()].flatMap((peer) => Object.entries(peer.versions).map((entry) => entry.join(' ')))
  say([machine.cpu, `${machine.cores} cores`, `${machine.memoryGB} GB`, `Node ${machine.node}`, ...versions, `${options.threads} thread(s)`].join(', '))
  const rows: Row[] = []
  for (const benchCase of chosen) {
    const row = await measure(benchCase, peers, options)
    rows.push(row)
    const shown = row.peers.map(({ label, medianMs, ratio, error }) =>
      medianMs === null ? `${label}: ${error}` : `${label} ${medianMs.toFixed(2)} ms (${ratio!.toFixed(2)}×)`,
    )
    say(`${row.case.padEnd(30)} ${row.medianMs.toFixed(2).padStart(8)} ms per ${row.unit}   ${shown.join('   ')}`)
  }
  for (const peer of peers.values()) peer.close()
  mkdirSync(options.outFolder, { recursive: true })
  const path = join(options.outFolder, `bench-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`)
  writeFileSync(path, `${JSON.stringify({ machine, date: new Date().toISOString(), threads: options.threads, rows }, null, 2)}\n`)
  say(`saved to ${path}`)
}

async function measure(benchCase: BenchCase, peers: Map<string, Peer>, { threads, rounds, laneEntry }: BenchOptions): Promise<Row> {
  const own = await benchCase.prepare(threads, laneEntry)
  for (let warm = 0; warm < (benchCase.warm ?? 3); warm += 1) await own.once()
  const ownMs: number[] = []
  const asked = benchCase.peers.map((peer) => ({ ...peer, ms: [] as number[], error: '' }))
  for (let round = 0; round < rounds; round += 1) {
    for (let repeat = 0; repeat < benchCase.repeats; repeat += 1) {
      const start = performance.now()
      await own.once()
      ownMs.push(performance.now() - start)
    }
    for (const peer of asked) {
      const process = peers.get(peer.library)
      if (!process || peer.error) continue
      const answer = await process.time({ ...peer.request, repeats: benchCase.repeats })
      if ('ms' in answer) peer.ms.push(...answer.ms)
      else peer.error = answer.error
    }
  }
  await own.dispose()
  const medianMs = median(ownMs)
  return {
    case: benchCase.name,
    unit: benchCase.unit,
    threads,
    medianMs,
    peers: asked.map(({ label, library, ms, error }) => {
      const version = peers.get(library)?.versions[library] ?? ''
      if (ms.length === 0) return { label, version, medianMs: null, ratio: null, error: error || 'not installed' }
      return { label, version, medianMs: median(ms), ratio: median(ms) / medianMs }
    }),
  }
}
