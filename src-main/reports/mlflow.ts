import type { Run, RunStatus, SeriesByKey } from '@shared/domain/run'

/*
 * MLflow's file store: a folder per experiment and in it a folder per run, each with a meta.yaml; a file per metric with a line
 * `timestamp value step` per point; a file per parameter and per tag with its value.
 */

/** As MLflow's RunStatus counts: RUNNING 1, SCHEDULED 2, FINISHED 3, FAILED 4, KILLED 5. */
const statusNumbers: Record<RunStatus, number> = { running: 1, paused: 1, queued: 2, completed: 3, failed: 4, interrupted: 4, cancelled: 5 }
const localSource = 4
const longestParam = 6000

export const experimentName = 'Latent Workbench'
/** Any number that no other tool gives: MLflow names folders of experiments so. */
export const experimentId = '746174656c'

/** A YAML string in double quotes is a JSON string. */
const quoted = (text: string): string => JSON.stringify(text)

/** MLflow allows letters, digits and _ - . space / : in names. */
export const mlflowName = (key: string): string => key.replaceAll(/[^\w./: -]/g, '_')

/** `model.components: 3` and so on for every leaf of the specification. */
export function flatSpec(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(value).flatMap(([field, inner]) => flatSpec(inner, path === '' ? field : `${path}.${field}`))
}

const yaml = (fields: Record<string, string | number | null | []>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? '[]' : value === null ? 'null' : typeof value === 'string' ? quoted(value) : value}\n`)
    .join('')

/** `location`: the address of the experiment's folder, file:///… */
export const experimentMeta = (createdAt: number, location: string): string =>
  yaml({
    artifact_location: location,
    creation_time: createdAt,
    experiment_id: experimentId,
    last_update_time: createdAt,
    lifecycle_stage: 'active',
    name: experimentName,
  })

export interface MlflowPlace {
  /** 32 hexadecimal digits. */
  runId: string
  /** Address of the experiment's folder, file:///… */
  location: string
  /** Milliseconds since 1970. */
  start: number
  end: number | null
}

/**
 * Files of one run by their path in its folder. Every point bears the run's start. Values too long for a parameter are in the tag
 * latent.spec, which is the whole specification.
 */
export function mlflowFiles(run: Run, series: SeriesByKey, { runId, location, start, end }: MlflowPlace): Record<string, string> {
  const files: Record<string, string> = {
    'meta.yaml': yaml({
      artifact_uri: `${location}/${runId}/artifacts`,
      end_time: end,
      entry_point_name: '',
      experiment_id: experimentId,
      lifecycle_stage: 'active',
      run_id: runId,
      run_name: run.name,
      run_uuid: runId,
      source_name: '',
      source_type: localSource,
      source_version: '',
      start_time: start,
      status: statusNumbers[run.status],
      tags: [],
      user_id: '',
    }),
  }
  for (const [key, { step, value }] of Object.entries(series)) {
    files[`metrics/${mlflowName(key)}`] = step.map((at, index) => `${start} ${value[index] ?? 'nan'} ${at}\n`).join('')
  }
  for (const [path, value] of flatSpec(run.spec)) if (value.length <= longestParam) files[`params/${mlflowName(path)}`] = value
  const tags = {
    'mlflow.runName': run.name,
    'mlflow.note.content': run.notes,
    'latent.runId': run.id,
    'latent.spec': JSON.stringify(run.spec),
    'latent.dataset': run.datasetName,
    'latent.datasetSha256': run.datasetSha256,
    'latent.tags': run.tags.join(', '),
    ...Object.fromEntries(Object.entries(run.environment).map(([name, value]) => [`latent.environment.${mlflowName(name)}`, value])),
  }
  for (const [name, value] of Object.entries(tags)) files[`tags/${name}`] = value
  return files
}
