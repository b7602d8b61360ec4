import type { Place } from '@shared/domain/devices'
import type { Probed } from '@shared/domain/worker-protocol'
import { type MessageCode } from '@shared/messages/messages'
import { notice } from '@shared/rpc/errors'
import type { NodeCommand } from './node-command'
import { startWorker, type WorkerLimits } from './worker-process'

export interface ProbeOptions {
  command: NodeCommand
  workerPath: string
  limits: WorkerLimits
  threads: number
  /** A device that needs longer counts as not working. */
  timeoutMs: number
}
export const probeTimeoutMs = 60_000

export interface Prober {
  /** Runs the self-test of one way of computing in a process of its own, which a broken driver may take down. */
  probe(place: Place): Promise<Probed>
  /** Ends what is under way. */
  close(): Promise<void>
}

export function createProber({ command, workerPath, limits, threads, timeoutMs }: ProbeOptions): Prober {
  const underWay = new Map<Promise<Probed>, () => void>()
  const failed = (code: MessageCode, details: Record<string, unknown>): Probed => ({
    passed: false,
    notice: notice(code, details),
    msPerStep: null,
    largestError: null,
  })

  function probe({ runtime, device }: Place): Promise<Probed> {
    let kill = (): void => {}
    const result = new Promise<Probed>((resolve) => {
      let outcome: Probed | null = null
      const timer = setTimeout(() => {
        outcome ??= failed('device/probe-timeout', { seconds: timeoutMs / 1000 })
        worker.kill()
      }, timeoutMs)
      const worker = startWorker(command, workerPath, limits, {
        onMessage: (message) => {
          if (message.kind === 'probed') outcome ??= message.result
        },
        onSilent: () => {},
        onEnd: ({ code, signal, startFailure }) => {
          clearTimeout(timer)
          if (startFailure !== null) resolve(failed('run/worker-missing', { path: command.path, reason: startFailure }))
          else resolve(outcome ?? failed('device/probe-crashed', { code, signal }))
        },
      })
      kill = worker.kill
      worker.send({ kind: 'probe', runtime, device, threads })
    })
    underWay.set(result, kill)
    return result.finally(() => underWay.delete(result))
  }
  return {
    probe,
    close: async () => {
      for (const kill of underWay.values()) kill()
      await Promise.all(underWay.keys())
    },
  }
}
