import type { Artifact } from '@shared/domain/run'
import type { FromWorker } from '@shared/domain/worker-protocol'
import type { MessageCode } from '@shared/messages/messages'
import type { MetricPoint } from '@shared/rpc/contract'
import { notice } from '@shared/rpc/errors'

/** What a fit tells the host. Metric points travel in batches: every 100 ms or 500 points, whichever comes first. */
export class Reporter {
  #points: MetricPoint[] = []
  #lastFlush = performance.now()
  #lastProgress = 0
  #pending = new Set<Promise<void>>()

  constructor(readonly post: (message: FromWorker) => Promise<void>) {}

  #send(message: FromWorker): void {
    const sent: Promise<void> = this.post(message).finally(() => this.#pending.delete(sent))
    this.#pending.add(sent)
  }

  send(message: FromWorker): void {
    this.flush()
    this.#send(message)
  }

  metrics(step: number, values: Readonly<Record<string, number>>): void {
    for (const [key, value] of Object.entries(values)) this.#points.push({ key, step, value: Number.isFinite(value) ? value : null })
    if (this.#points.length >= 500 || performance.now() - this.#lastFlush >= 100) this.flush()
  }

  flush(): void {
    this.#lastFlush = performance.now()
    if (this.#points.length === 0) return
    const points = this.#points
    this.#points = []
    this.#send({ kind: 'metrics', points })
  }

  progress(phase: string, done: number, total: number): void {
    const now = performance.now()
    if (now - this.#lastProgress < 100 && done < total) return
    this.#lastProgress = now
    this.send({ kind: 'progress', phase, done, total })
  }

  warn(code: MessageCode, details: Record<string, unknown>): void {
    this.send({ kind: 'warning', warning: notice(code, details) })
  }

  artifact(artifact: Artifact): void {
    this.send({ kind: 'artifact', artifact })
  }

  /** All that was said has left the process. */
  async settled(): Promise<void> {
    this.flush()
    while (this.#pending.size > 0) await Promise.all(this.#pending)
  }
}
