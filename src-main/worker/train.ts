import { createHash } from 'node:crypto'
import type { Notice } from '@shared/domain/run'
import type { Place } from '@shared/domain/devices'
import type { TrainResult, TrainTask } from '@shared/domain/worker-protocol'
import { AppError, notice, toNotice } from '@shared/rpc/errors'
import { deviceFaultOf } from '../runtimes/device-fault'
import type { OpenRuntime } from '../runtimes/open'
import { Cancelled, type Control } from './control'
import { families } from './model-families'
import { firstLine } from './probe'
import type { Reporter } from './reporter'
import { openTraining } from './train-context'

interface Tools {
  reporter: Reporter
  control: Control
  open: OpenRuntime
}

const cpu: Place = { runtime: 'onnx', device: 'cpu' }

/** Fits one run and tells how it ended. */
export async function train(task: TrainTask, tools: Tools): Promise<void> {
  const { reporter } = tools
  const heartbeat = setInterval(() => reporter.send({ kind: 'heartbeat' }), 2000)
  try {
    reporter.send({ kind: 'finished', result: await fit(task, tools) })
  } catch (error) {
    if (error instanceof Cancelled) {
      reporter.send({ kind: 'finished', result: { status: 'cancelled', converged: null, iterations: null, epochs: null, metrics: {} } })
    } else {
      const isDiskFull = (error as { code?: unknown }).code === 'ENOSPC'
      const problem = isDiskFull ? notice('system/disk-full', { home: task.runFolder }) : toNotice(error)
      if (problem.code === 'system/internal') console.error(error)
      reporter.send({ kind: 'failed', error: problem })
    }
  } finally {
    clearInterval(heartbeat)
    await reporter.settled()
  }
}

/** On the device that was chosen. When that fails in the middle, the run ends, or goes on with the CPU where the specification says so. */
async function fit(task: TrainTask, tools: Tools): Promise<TrainResult> {
  const place = task.place ?? cpu
  try {
    return await fitOn(place, task.place?.because ?? null, task, tools)
  } catch (error) {
    const fault = deviceFaultOf(error)
    if (!fault || error instanceof AppError) throw error
    const details = { device: place.device, runtime: place.runtime, problem: firstLine(error) }
    if (place.device === 'cpu' || task.spec.onDeviceFailure !== 'cpu') throw new AppError(`device/${fault}`, details)
    tools.reporter.warn('device/continued-on-cpu', details)
    return fitOn(cpu, notice('device/chosen-after-failure', details), { ...task, resume: true }, tools)
  }
}

async function fitOn(place: Place, because: Notice | null, task: TrainTask, { reporter, control, open }: Tools): Promise<TrainResult> {
  const runtime = await open({ ...place, threads: task.threads })
  const environment = {
    ...runtime.environment,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    splitSha256: splitSha256(task),
    ...(because && { chosenBecause: because.message, chosenBecauseNotice: JSON.stringify(because) }),
  }
  reporter.send({ kind: 'started', device: runtime.device, runtime: runtime.name, environment })
  return families[task.spec.model.kind].train(openTraining(task, runtime, reporter, control))
}

/** Which rows are in which part is a function of the data and the split alone, so these tell one division from another. */
export const splitSha256 = ({ dataset, spec }: Pick<TrainTask, 'dataset' | 'spec'>): string =>
  createHash('sha256').update(JSON.stringify([dataset.sha256, spec.split])).digest('hex')
