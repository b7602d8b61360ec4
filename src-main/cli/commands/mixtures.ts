import { resolve } from 'node:path'
import type { Alignment } from '@shared/domain/merging'
import { mergedShares } from '@shared/math/entropy-merges'
import { say } from '../language'
import { checkOutPath, writeMatrix } from '../matrix-file'
import { fields, type Result, WrongArguments, shortNumber, table } from '../output'
import type { Session } from '../session'

const groupName = (group: readonly number[]): string => `{${group.map((component) => component + 1).join(', ')}}`

/** Clusters as groups of components; with `out`, the rows of the run's data by the groups at the elbow or as many as asked for. */
export async function merge({ client }: Session, id: string, { clusters, out }: { clusters?: number; out?: string }): Promise<Result> {
  checkOutPath(out)
  const tree = await client.call('inspect.merges', { id })
  const { components, entropies, merges, groups, agreement, elbow } = tree
  if (clusters !== undefined && clusters > components) {
    throw new WrongArguments('cli/too-many-clusters', { clusters, components })
  }
  const chosen = clusters ?? elbow ?? components
  const lines = groups.toReversed().map((own, at) => [
    own.length,
    shortNumber(entropies[own.length - 1]!),
    at === 0 ? '' : shortNumber(merges[at - 1]!.drop / merges[at - 1]!.rows),
    ...(agreement ? [agreement[own.length - 1]!.toFixed(4)] : []),
    `${own.map(groupName).join(' ')}${own.length === elbow ? say('  ← elbow', '  ← 拐点') : ''}`,
  ])
  const header = [say('clusters', '簇数'), say('entropy', '熵'), say('drop per row', '每行下降'), ...(agreement ? [say('ARI', 'ARI')] : []), say('components', '分量')]
  const written = out === undefined ? {} : await writeClusters(client, id, groups[chosen - 1]!, components, resolve(out))
  const note = out === undefined ? [] : [say(`Wrote ${chosen} clusters of every row to ${resolve(out)}.`, `已将每行的 ${chosen} 个簇写入 ${resolve(out)}。`)]
  return { json: { ...tree, chosen, ...written }, text: [table(header, lines), ...note].join('\n') }
}

async function writeClusters(client: Session['client'], id: string, groups: readonly (readonly number[])[], components: number, out: string) {
  const { values, rows } = await client.call('inspect.apply', { id, output: 'responsibilities' })
  const shares = mergedShares(values, components, groups)
  const columns = ['cluster', ...groups.map(groupName)]
  const all = new Float64Array(rows * columns.length)
  for (let row = 0; row < rows; row += 1) {
    const own = shares.subarray(row * groups.length, (row + 1) * groups.length)
    all[row * columns.length] = own.indexOf(own.reduce((most, value) => Math.max(most, value), -Infinity))
    all.set(own, row * columns.length + 1)
  }
  writeMatrix(out, { columns, rows, values: all })
  return { out }
}

/** Components of two fits beside each other, or of the restarts of one. */
export async function align({ client }: Session, id: string, other: string | undefined): Promise<Result> {
  if (other === undefined) return alignRestarts(client, id)
  const found = await client.call('inspect.alignment', { id, other })
  return { json: found, text: describePairs(found) }
}

function describePairs({ featureNames, pairs, distance, adjustedRandIndex, logDensity, rows, total }: Alignment): string {
  const both = (side: Alignment['pairs'][number]['left'], at: number): string =>
    side === null ? '–' : `${shortNumber(side.mean[at]!)} ± ${shortNumber(side.standardDeviation[at]!)}`
  const lines = pairs.flatMap(({ left, right, overlap }) =>
    [left, right].map((side, at) => [
      side === null ? '–' : side.component + 1,
      at === 0 ? say('first', '前者') : say('second', '后者'),
      at === 0 ? overlap.toFixed(3) : '',
      side === null ? '–' : side.weight.toFixed(4),
      ...featureNames.map((_, feature) => both(side, feature)),
    ]),
  )
  const head = fields([
    [say('distance', '距离'), distance.toFixed(4)],
    [say('adjusted Rand index', '调整兰德指数'), adjustedRandIndex.toFixed(4)],
    [say('log-density per row', '每行对数密度'), logDensity.map((value) => (value === null ? '–' : shortNumber(value))).join(' · ')],
    ...(rows < total ? [[say('rows', '行'), say(`a sample of ${rows} of ${total}`, `从 ${total} 行中抽取 ${rows} 行`)] as [string, string]] : []),
  ])
  return `${head}\n\n${table([say('component', '分量'), say('run', '运行'), say('overlap', '重叠'), say('weight', '权重'), ...featureNames], lines)}`
}

async function alignRestarts(client: Session['client'], id: string): Promise<Result> {
  const found = await client.call('inspect.alignedRestarts', { id })
  const lines = found.restarts.map(({ index, logLikelihood, chosen, weights, means, adjustedRandIndex }) => [
    `${index + 1}${chosen ? '*' : ''}`,
    shortNumber(logLikelihood),
    adjustedRandIndex.toFixed(3),
    ...weights.map((weight, k) => `${weight.toFixed(3)} (${means[k]!.slice(0, 3).map((value) => shortNumber(value)).join(', ')}${means[k]!.length > 3 ? ', …' : ''})`),
  ])
  const components = found.restarts[0]!.weights.map((_, k) => say(`component ${k + 1}`, `分量 ${k + 1}`))
  return { json: found, text: table([say('start', '重启'), say('log p', 'log p'), 'ARI', ...components], lines) }
}
