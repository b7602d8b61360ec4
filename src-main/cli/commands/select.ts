import { type CovarianceStructure, covarianceStructures } from '@shared/domain/models/mixtures'
import type { Criterion, Selection } from '@shared/domain/selection'
import { say } from '../language'
import { type Result, WrongArguments, table } from '../output'
import type { Session } from '../session'

export interface SelectFlags {
  components: string
  structures: string
  restarts?: number
  folds?: number
}

/** 1..9, or 2,3,5 */
export function parseComponents(text: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text)
  const numbers = range
    ? Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, index) => Number(range[1]) + index)
    : text.split(',').map(Number)
  if (numbers.length === 0 || numbers.length > 100 || numbers.some((count) => !Number.isInteger(count) || count < 1)) {
    throw new WrongArguments('cli/not-components', { got: text })
  }
  return numbers
}

export function parseStructures(text: string): CovarianceStructure[] {
  if (text === 'all') return [...covarianceStructures]
  if (text === 'none') return []
  return text.split(',').map((name) => {
    const found = covarianceStructures.find((structure) => structure === name.trim().toUpperCase())
    if (!found) throw new WrongArguments('cli/not-a-structure', { got: name, known: [...covarianceStructures] })
    return found
  })
}

export async function select({ client }: Session, spec: Record<string, unknown>, flags: SelectFlags): Promise<Result> {
  const model = (spec['model'] ?? {}) as { kind?: unknown }
  const structures = model.kind === undefined || model.kind === 'gaussian-mixture' ? parseStructures(flags.structures) : []
  const found = await client.call('selection.mixture', {
    spec,
    components: parseComponents(flags.components),
    structures,
    ...(flags.restarts === undefined ? {} : { restarts: flags.restarts }),
    ...(flags.folds === undefined ? {} : { folds: flags.folds }),
  })
  return { json: found, text: describe(found) }
}

function describe({ cells, best }: Selection): string {
  const counts = [...new Set(cells.map(({ components }) => components))]
  const structures = [...new Set(cells.map(({ structure }) => structure))]
  const valueAt = (components: number, structure: CovarianceStructure | null): string => {
    const cell = cells.find((one) => one.components === components && one.structure === structure)
    return cell === undefined || cell.bic === null ? '–' : `${cell.bic.toFixed(1)}${cell.spurious ? '*' : ''}`
  }
  const rows = structures.map((structure) => [structure ?? '', ...counts.map((count) => valueAt(count, structure))])
  const told = (['bic', 'icl', 'aic', 'crossValidated'] satisfies Criterion[]).flatMap((criterion) => {
    const choice = best[criterion]
    const name = criterion === 'crossValidated' ? say('cross-validation', '交叉验证') : criterion.toUpperCase()
    return choice ? [`${name}: ${choice.structure ?? ''} K=${choice.components} (${choice.value.toFixed(4)})`] : []
  })
  const note = cells.some(({ spurious }) => spurious) ? [say('* only a spurious optimum', '* 仅找到伪最优解')] : []
  return [table(['BIC', ...counts.map(String)], rows), ...told, ...note].join('\n')
}
