import type { ReportBlock } from '@shared/domain/report'
import { AppError } from '@shared/rpc/errors'
import type { BlockContext } from './build'
import type { Block } from './document'
import { runOf } from './figure-kinds'
import { pictureGrid } from './png'

export function pictureBlocks({ run, step }: Extract<ReportBlock, { kind: 'pictures' }>, context: BlockContext): Block[] {
  const runs = run === undefined ? context.runs : [runOf(context, run)]
  return runs.flatMap(({ run: one }): Block[] => {
    const stored = context.inside.pictures(one, step)
    const grid = stored && pictureGrid([stored.inputs, stored.reconstructions, stored.samples], stored)
    return grid ? [{ kind: 'picture', picture: { name: context.next('pictures'), ...grid }, caption: context.words.pictures(`${one.name} · ${one.id}`, stored.step) }] : []
  })
}

/** Standard deviations of the aggregate posterior that a row goes through. */
const places = [-3, -2, -1, 0, 1, 2, 3]
const mostRows = 16

export async function traversalBlocks({ run }: Extract<ReportBlock, { kind: 'traversals' }>, context: BlockContext): Promise<Block[]> {
  const { run: one } = runOf(context, run)
  const { latent, mean, standardDeviation, klPerDimension } = await context.inside.ask(one, 'inspect.latents')
  const order = Array.from({ length: latent }, (_, index) => index).sort((a, b) => (klPerDimension?.[b] ?? 0) - (klPerDimension?.[a] ?? 0))
  const shown = order.slice(0, mostRows)
  const codes = shown.flatMap((index) => places.map((place) => mean.map((centre, at) => (at === index ? centre + place * standardDeviation[at]! : centre))))
  const { rows, imageShape } = await context.inside.ask(one, 'inspect.decode', { latent: codes })
  if (!imageShape) throw new AppError('report/no-pictures', { run: one.id })
  const features = rows.columns.length
  const lines = shown.map((_, line) => Float32Array.from(rows.values.subarray(line * places.length * features, (line + 1) * places.length * features)))
  const grid = pictureGrid(lines, { imageShape, features })!
  const caption = context.words.traversals(`${one.name} · ${one.id}`, shown, latent)
  return [{ kind: 'picture', picture: { name: context.next('traversals'), ...grid }, caption }]
}
