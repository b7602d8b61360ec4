import type { Progress } from '@shared/domain/run'
import { say } from './language'
import { duration } from './output'

export interface ProgressBar {
  show(fraction: number, label: string): void
  /** Clears the line, so that something else can be written. */
  clear(): void
}

/** One line on stderr that is drawn over; silent where stderr is not a terminal. */
export function createProgressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  let drawn = ''
  return {
    show(fraction, label) {
      if (!stream.isTTY) return
      const width = 24
      const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width)
      const line = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.round(fraction * 100)).padStart(3)} %  ${label}`.slice(
        0,
        (stream.columns || 80) - 1,
      )
      if (line === drawn) return
      stream.write(`\r\x1b[2K${line}`)
      drawn = line
    },
    clear() {
      if (drawn) stream.write('\r\x1b[2K')
      drawn = ''
    },
  }
}

const worthARangeMs = 5000
const waiting: Record<string, [string, string]> = {
  slurm: ['waits in Slurm’s queue', '在 Slurm 队列中等待'],
  'slurm-sending': ['being sent to Slurm', '正在提交到 Slurm'],
  'slurm-silent': ['Slurm does not answer; asked again', 'Slurm 没有响应，将继续询问'],
}

/** `restarts 8/20 · 12 s left (10 s – 15 s)` */
/** Of what has no count of its own. */
export const timeLeftLabel = (phase: string, etaMs: number | null): string =>
  etaMs === null ? phase : `${phase} · ${say(`${duration(etaMs)} left`, `剩余 ${duration(etaMs)}`)}`

export function progressLabel({ phase, done, total, etaMs, etaLowMs, etaHighMs }: Progress): string {
  const waits = waiting[phase]
  if (waits) return say(...waits)
  const count = `${phase} ${Math.floor(done)}/${total}`
  if (etaMs === null) return count
  const range = etaMs > worthARangeMs && etaLowMs !== null && etaHighMs !== null ? ` (${duration(etaLowMs)} – ${duration(etaHighMs)})` : ''
  return `${count} · ${say(`${duration(etaMs)} left`, `剩余 ${duration(etaMs)}`)}${range}`
}
