import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import type { Criterion, GridResult, SelectionCell } from '@shared/domain/selection-results'
import type { Curve } from '../../charts/curve'
import type { MapCell } from '../../charts/SelectionMap.vue'

export const sameCell = (one: { components: number; structure: string | null } | null, other: { components: number; structure: string | null }): boolean =>
  one !== null && one.components === other.components && one.structure === other.structure

/** One curve per structure over the sizes; spurious optima leave gaps. Colours repeat after eight, line styles tell the others apart. */
export function curvesOf({ cells }: GridResult, criterion: Criterion, structures: readonly (CovarianceStructure | null)[], nameless: string): Curve[] {
  return structures.flatMap((structure, index) => {
    const own = cells
      .filter((cell) => cell.structure === structure && cell[criterion] !== null && !cell.spurious)
      .sort((a, b) => a.components - b.components)
    if (own.length === 0) return []
    return [
      {
        key: structure ?? nameless,
        name: structure ?? nameless,
        step: Float64Array.from(own, ({ components }) => components),
        value: Float64Array.from(own, (cell) => cell[criterion]!),
        colour: index % 8,
        dash: Math.floor(index / 8),
      },
    ]
  })
}

export function mapOf(
  { cells, best }: GridResult,
  criterion: Criterion,
  { structures, sizes }: { structures: readonly (CovarianceStructure | null)[]; sizes: readonly number[] },
  remarkOf: (cell: SelectionCell) => string,
): MapCell[] {
  return cells.map((cell) => ({
    row: structures.indexOf(cell.structure),
    column: sizes.indexOf(cell.components),
    value: cell[criterion],
    isSpurious: cell.spurious,
    isBest: sameCell(best[criterion], cell),
    remark: remarkOf(cell),
  }))
}

/** Best first; cells that are spurious or have no figure come last. */
export function ranked({ cells }: GridResult, criterion: Criterion): SelectionCell[] {
  const group = (cell: SelectionCell): number => (cell[criterion] === null ? 2 : cell.spurious ? 1 : 0)
  return [...cells].sort((a, b) => group(a) - group(b) || (b[criterion] ?? 0) - (a[criterion] ?? 0))
}
