import { type Place, type Settings, samePlace } from '@shared/domain/devices'
import type { SpecNotice } from '@shared/domain/resolve-spec'
import type { Run } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import type { RuntimeInfo } from '@shared/domain/system'
import type { Probed } from '@shared/domain/worker-protocol'
import type { DevicesState, HostEvent } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readDeviceCache, writeDeviceCache } from '../files/json-files'
import type { Prober } from '../jobs/probe'
import { chooseDevice, type DeviceChoice, namesDevice, placeOf, placesToCheck } from './choose-device'

export interface DeviceServiceOptions {
  folder: DataFolder
  /** What could compute here, from files alone. */
  candidates: readonly RuntimeInfo[]
  /** Under which what was found out is kept; another machine has another. */
  cacheKey: string
  prober: Prober
  settings: () => Settings
  publish(event: HostEvent): void
}

type OnProgress = (done: number, total: number) => void

export interface DeviceService {
  methods: MethodsOf<'devices'>
  runtimes(): RuntimeInfo[]
  /** While a specification is being written: what is known speaks against it. */
  validate(spec: RunSpec): SpecNotice[]
  /** Before it starts: a device that is named passes its self-test first. */
  confirm(spec: RunSpec): Promise<SpecNotice[]>
  /** Tests what was not tested yet, where that decides. */
  choose(run: Pick<Run, 'spec' | 'device' | 'runtime'>, onProgress: OnProgress): Promise<DeviceChoice>
  close(): Promise<void>
}

export function createDeviceService({ folder, candidates, cacheKey, prober, settings, publish }: DeviceServiceOptions): DeviceService {
  const cached = readDeviceCache(folder, cacheKey) ?? []
  const find = (list: readonly RuntimeInfo[], place: Place): RuntimeInfo | undefined => list.find((one) => samePlace(placeOf(one), place))
  let runtimes = candidates.map((one) => (one.state === 'absent' ? one : (find(cached, placeOf(one)) ?? one)))
  let checking: DevicesState['checking'] = null
  let turn: Promise<void> = Promise.resolve()
  let isClosed = false

  const state = (): DevicesState => ({ runtimes, checking })
  function tell(now: DevicesState['checking']): void {
    checking = now
    publish({ name: 'devices.changed', payload: state() })
  }

  async function checkOne(place: Place): Promise<void> {
    const probed = await prober.probe(place)
    // a probe that was ended with the host says nothing about the device
    if (isClosed) return
    runtimes = runtimes.map((one) => (samePlace(placeOf(one), place) ? withResult(one, probed) : one))
    writeDeviceCache(folder, cacheKey, runtimes)
  }

  /** One at a time: they are timed. Whoever comes later finds what was found out meanwhile. */
  function check(places: readonly Place[], again: boolean, onProgress: OnProgress = () => {}): Promise<void> {
    const work = turn.then(async () => {
      const open = places.filter((place) => again || find(runtimes, place)?.state === 'unchecked')
      try {
        for (const [done, place] of open.entries()) {
          if (isClosed) return
          onProgress(done, open.length)
          tell({ ...place, done, total: open.length })
          await checkOne(place)
        }
      } finally {
        if (open.length > 0 && !isClosed) tell(null)
      }
    })
    turn = work.catch(() => {})
    return work
  }

  function problems(spec: RunSpec, unchecked: boolean): SpecNotice[] {
    try {
      chooseDevice(spec, { settings: settings(), runtimes, unchecked })
      return []
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return [{ path: spec.device === 'auto' ? 'runtime' : 'device', ...error.toJSON() }]
    }
  }

  return {
    runtimes: () => runtimes,
    validate: (spec) => (namesDevice(spec) ? problems(spec, true) : []),
    confirm: async (spec) => {
      if (!namesDevice(spec)) return []
      await check(placesToCheck(spec, settings(), runtimes), false)
      return problems(spec, false)
    },
    choose: async ({ spec, device, runtime }, onProgress) => {
      const before = device && runtime ? ({ device, runtime } as Place) : null
      await check(placesToCheck(spec, settings(), runtimes), false, onProgress)
      return chooseDevice(spec, { settings: settings(), runtimes, before })
    },
    close: async () => {
      isClosed = true
      await prober.close()
      await turn
    },
    methods: {
      'devices.list': state,
      'devices.probe': async () => {
        await check(candidates.filter(({ state: known }) => known !== 'absent').map(placeOf), true)
        return state()
      },
    },
  }
}

function withResult({ name, device, precision }: RuntimeInfo, { passed, notice, msPerStep, largestError }: Probed): RuntimeInfo {
  return {
    name,
    device,
    precision,
    available: passed,
    state: passed ? 'passed' : 'failed',
    ...(notice && { reason: notice.message, notice }),
    ...(msPerStep !== null && { msPerStep }),
    ...(largestError !== null && Number.isFinite(largestError) && { largestError }),
    checkedAt: new Date().toISOString(),
  }
}
