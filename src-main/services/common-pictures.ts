import type { CommonPictures } from '@shared/domain/comparison'
import { AppError } from '@shared/rpc/errors'
import type { MethodOutput } from '@shared/rpc/contract'
import type { DataFolder } from '../files/data-folder'
import { readPictures } from '../files/pictures'
import { pictureGrid } from '../reports/png'
import type { Store } from '../store/store'

const pictureArtifacts = (store: Store, id: string): { name: string; step: number }[] =>
  store.runs.artifacts(id).flatMap(({ kind, name, step }) => (kind === 'pictures' && step !== null ? [{ name, step }] : []))

/** Epochs that all runs with pictures have in common. */
export function commonPictures(store: Store, ids: readonly string[]): CommonPictures {
  const having = [...new Set(ids)].flatMap((id) => {
    const steps = new Set(pictureArtifacts(store, id).map(({ step }) => step))
    return steps.size > 0 ? [{ id, steps }] : []
  })
  const [first, ...others] = having
  const steps = [...(first?.steps ?? [])].filter((step) => others.every((other) => other.steps.has(step)))
  return { steps: steps.sort((left, right) => left - right), runs: having.map(({ id }) => id) }
}

/** The pictures of each run at one of those epochs, the last unless one is wanted. */
export function pictureSheets(store: Store, folder: Pick<DataFolder, 'runFolder'>, { ids, wanted }: { ids: readonly string[]; wanted: number | undefined }): MethodOutput<'compare.sheets'> {
  const { steps, runs } = commonPictures(store, ids)
  if (runs.length === 0) throw new AppError('compare/no-pictures', { runs: ids.length })
  if (steps.length === 0) throw new AppError('compare/no-common-step', { runs: runs.length })
  const step = wanted ?? steps.at(-1)!
  if (!steps.includes(step)) throw new AppError('compare/not-a-common-step', { step, steps: steps.length > 20 ? [...steps.slice(0, 10), '…', ...steps.slice(-10)] : steps })
  const sheets = runs.map((id) => {
    const { name } = pictureArtifacts(store, id).find((one) => one.step === step)!
    const pictures = readPictures(folder.runFolder(id), name, step)
    const grid = pictures && pictureGrid([pictures.inputs, pictures.reconstructions, pictures.samples], pictures)
    if (!grid) throw new AppError('run/artifact-missing', { id, step })
    return { id, png: grid.png }
  })
  return { step, sheets }
}
