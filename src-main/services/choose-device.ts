import { type Place, type Settings, defaultSettings, isFaster, samePlace } from '@shared/domain/devices'
import type { Notice } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import type { RuntimeInfo } from '@shared/domain/system'
import { AppError, notice } from '@shared/rpc/errors'

/** Where a run is computed, and why there. */
export interface DeviceChoice extends Place {
  because: Notice
}

interface Wanted {
  device: Settings['device']
  runtime: Settings['runtime']
  by: 'specification' | 'settings'
}

type DeviceSpec = Pick<RunSpec, 'device' | 'runtime' | 'model' | 'inference'>

/** What is climbed by gradients is computed in float32, everything else in float64. */
const computesInFloat32 = ({ inference }: Pick<RunSpec, 'inference'>): boolean => inference.kind === 'gradient'

function wantedBy({ device, runtime, inference }: DeviceSpec, settings: Settings): Wanted {
  const isOpen = device === 'auto' && runtime === 'auto'
  return isOpen && computesInFloat32({ inference })
    ? { device: settings.device, runtime: settings.runtime, by: 'settings' }
    : { device, runtime, by: 'specification' }
}
const fits = ({ name, device }: RuntimeInfo, wanted: Wanted): boolean =>
  (wanted.device === 'auto' || wanted.device === device) && (wanted.runtime === 'auto' || wanted.runtime === name)

export const placeOf = ({ name, device }: RuntimeInfo): Place => ({ runtime: name, device })
const base: Place = { runtime: 'onnx', device: 'cpu' }
const isBase = (one: RuntimeInfo): boolean => samePlace(placeOf(one), base)
const isAuto = (wanted: Wanted): boolean => wanted.device === 'auto' && wanted.runtime === 'auto'

/** Whose self-tests the choice for a specification needs. */
export function placesToCheck(spec: DeviceSpec, settings: Settings, runtimes: readonly RuntimeInfo[]): Place[] {
  if (!computesInFloat32(spec)) return []
  const wanted = wantedBy(spec, settings)
  const unchecked = runtimes.filter((one) => fits(one, wanted) && one.state === 'unchecked')
  const others = isAuto(wanted) ? unchecked.filter(({ device }) => device !== 'cpu') : unchecked.filter((one) => !isBase(one))
  // the CPU's time matters only where another device might beat it
  const rivals = others.length > 0 || runtimes.some(({ device, available }) => device !== 'cpu' && available)
  const cpu = isAuto(wanted) && rivals ? unchecked.filter(isBase) : []
  return [...cpu, ...others].map(placeOf)
}

/** Which device a specification names itself, so that the answer cannot wait until its turn comes. */
export const namesDevice = ({ device, runtime }: DeviceSpec): boolean => device !== 'auto' || runtime !== 'auto'

function unavailable(wanted: Wanted, fitting: readonly RuntimeInfo[]): AppError {
  const reasons = fitting.flatMap(({ notice: why }) => why ?? [])
  const distinct = reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index)
  const reason = distinct.length > 0 ? distinct : [notice('device/no-combination')]
  return new AppError('spec/device-unavailable', { device: wanted.device, runtime: wanted.runtime, reason })
}

/** With unchecked: devices whose self-test was not run yet get the benefit of the doubt. */
export interface ChooseOptions {
  settings?: Settings
  runtimes: readonly RuntimeInfo[]
  /** Where the run was computed before it is resumed. */
  before?: Place | null
  unchecked?: boolean
}

/** Throws spec/device-unavailable or device/float32-only where the specification cannot have what it asks for: never another device. */
export function chooseDevice(spec: DeviceSpec, { settings = defaultSettings, runtimes, before = null, unchecked = false }: ChooseOptions): DeviceChoice {
  const wanted = wantedBy(spec, settings)
  const fitting = runtimes.filter((one) => fits(one, wanted))
  const usable = fitting.filter(({ available, state }) => available || (unchecked && state === 'unchecked'))
  const cpu = usable.find(isBase)
  if (!computesInFloat32(spec)) {
    if (cpu) return { ...base, because: namesDevice(spec) ? asked(wanted, base) : notice('device/chosen-float64') }
    const other = fitting.find(({ device }) => device === 'cpu') ?? fitting[0]
    if (!other || isBase(other)) throw unavailable(wanted, fitting)
    throw new AppError('device/float32-only', { model: spec.model.kind, ...wordsOf(placeOf(other)) })
  }
  if (usable.length === 0) throw unavailable(wanted, fitting)
  const same = before && usable.find((one) => samePlace(placeOf(one), before))
  if (same) return { ...placeOf(same), because: notice('device/chosen-as-before', wordsOf(placeOf(same))) }
  if (!isAuto(wanted) || !cpu) {
    const place = wanted.device === 'cpu' && cpu ? base : placeOf(fastest(usable))
    return { ...place, because: asked(wanted, place) }
  }
  const choice = automatic(cpu, usable)
  return before ? { ...choice, because: notice('device/chosen-instead', { ...wordsOf(before), reason: [choice.because] }) } : choice
}

function automatic(cpu: RuntimeInfo, usable: readonly RuntimeInfo[]): DeviceChoice {
  const rivals = usable.filter(({ device, msPerStep }) => device !== 'cpu' && msPerStep !== undefined)
  if (rivals.length === 0) return { ...base, because: notice('device/chosen-cpu-only') }
  const best = fastest(rivals)
  const figures = { ...wordsOf(placeOf(best)), ms: rounded(best.msPerStep), cpuMs: rounded(cpu.msPerStep) }
  if (!isFaster(best.msPerStep, cpu.msPerStep)) return { ...base, because: notice('device/chosen-cpu-faster', figures) }
  return { ...placeOf(best), because: notice('device/chosen-fastest', figures) }
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Number(ms.toPrecision(3)))
const fastest = (of: readonly RuntimeInfo[]): RuntimeInfo =>
  of.reduce((best, one) => (isFaster(one.msPerStep, best.msPerStep ?? Infinity) ? one : best))

const names = { onnx: 'ONNX Runtime', tensorflow: 'TensorFlow' }
const wordsOf = ({ runtime, device }: Place): Record<string, unknown> => ({ runtime: names[runtime], device })
const asked = (wanted: Wanted, place: Place): Notice =>
  notice(wanted.by === 'settings' ? 'device/chosen-settings' : 'device/chosen-asked', wordsOf(place))
