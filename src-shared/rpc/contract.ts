import { z } from 'zod'
import { datasetSchema } from '../domain/dataset'
import { settingsSchema } from '../domain/devices'
import { inquirySchema } from '../domain/inquiry'
import { reportSchema } from '../domain/report'
import { artifactSchema, runSchema, shelfSchema } from '../domain/run'
import { selectionSchema, selectionUnitSchema } from '../domain/selection'
import { sweepSchema, trialSchema } from '../domain/sweep'
import { comparisonMethods } from './methods/comparison'
import { datasetMethods } from './methods/dataset'
import { devicesStateSchema, hostMethods } from './methods/host'
import { insideMethods } from './methods/inside'
import { reportMethods } from './methods/report'
import { runMethods } from './methods/run'
import { searchMethods } from './methods/search'

/** The only list of methods and events there is. Both transports, the router and the client are made from it. */

export type DevicesState = z.infer<typeof devicesStateSchema>

export const methods = {
  ...hostMethods,
  ...datasetMethods,
  ...runMethods,
  ...searchMethods,
  ...comparisonMethods,
  ...insideMethods,
  ...reportMethods,
}

const point = z.object({ key: z.string(), step: z.number(), value: z.number().nullable() })
export type MetricPoint = z.infer<typeof point>

export const events = {
  'run.changed': z.object({ run: runSchema }),
  'run.removed': z.object({ id: z.string() }),
  /** Several runs at once were put on another shelf. */
  'runs.shelved': z.object({ ids: z.array(z.string()), shelf: shelfSchema }),
  /** Stored before it is told. `sequence` counts the batches of a run from 1. */
  'run.metrics': z.object({ id: z.string(), sequence: z.int(), points: z.array(point) }),
  /** A resume dropped the points of these keys with a step above afterStep; counts as a batch. */
  'run.rewound': z.object({ id: z.string(), sequence: z.int(), keys: z.array(z.string()), afterStep: z.number() }),
  'run.artifact': z.object({ id: z.string(), artifact: artifactSchema }),
  'selection.changed': z.object({ selection: selectionSchema }),
  'selection.removed': z.object({ id: z.string() }),
  /** Stored before it is told. */
  'selection.units': z.object({ id: z.string(), units: z.array(selectionUnitSchema) }),
  'sweep.changed': z.object({ sweep: sweepSchema }),
  'sweep.removed': z.object({ id: z.string() }),
  /** Stored before it is told. */
  'trial.changed': z.object({ sweep: z.string(), trial: trialSchema }),
  'inquiry.changed': z.object({ inquiry: inquirySchema }),
  'inquiry.removed': z.object({ id: z.string() }),
  'report.changed': z.object({ report: reportSchema }),
  'report.removed': z.object({ id: z.string() }),
  'dataset.changed': z.object({ dataset: datasetSchema }),
  'dataset.removed': z.object({ id: z.string() }),
  'devices.changed': devicesStateSchema,
  'settings.changed': z.object({ settings: settingsSchema }),
  'import.progress': z.object({ path: z.string(), fraction: z.number(), etaMs: z.number().nullable() }),
} as const

export type Methods = typeof methods
export type MethodName = keyof Methods
export type MethodInput<M extends MethodName> = z.input<Methods[M]['input']>
export type MethodOutput<M extends MethodName> = z.output<Methods[M]['output']>

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>
export type HostEvent = { [E in EventName]: { name: E; payload: EventPayload<E> } }[EventName]
