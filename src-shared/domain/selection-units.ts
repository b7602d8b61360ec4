import type { CovarianceStructure } from './models/mixtures'
import { ratioTests } from './selection-results'
import type { SelectionQuestion, SelectionUnit } from './selection'

/** What is to be fitted: the place of a unit, without what it gives. */
export type UnitTask =
  | { kind: 'cell'; components: number; structure: CovarianceStructure | null }
  | { kind: 'fold'; components: number; structure: CovarianceStructure | null; fold: number }
  | { kind: 'ratio'; components: number; replicate: number }
  | { kind: 'replicate'; index: number }

/** One name per unit: under it its result is stored. */
export function unitKey(unit: UnitTask | SelectionUnit): string {
  switch (unit.kind) {
    case 'cell':
      return `cell ${unit.components} ${unit.structure ?? ''}`
    case 'fold':
      return `fold ${unit.components} ${unit.structure ?? ''} ${unit.fold}`
    case 'ratio':
      return `ratio ${unit.components} ${unit.replicate}`
    case 'replicate':
      return `replicate ${unit.index}`
    default:
      return unit satisfies never
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/**
 * The units that can be fitted now, given those that are done: large ones first, so that several processes end together. Tests of K against
 * K + 1 follow one another, since one that does not reject is the last. Empty when nothing is left.
 */
export function nextUnits(question: SelectionQuestion, done: readonly SelectionUnit[]): UnitTask[] {
  const known = new Set(done.map(unitKey))
  const open = (units: UnitTask[]): UnitTask[] => units.filter((unit) => !known.has(unitKey(unit)))
  switch (question.kind) {
    case 'grid': {
      const structures = question.structures.length > 0 ? question.structures : [null]
      const cells = question.components.flatMap((components) => structures.map((structure) => ({ components, structure })))
      const folds = question.folds > 1 ? upTo(question.folds) : []
      const units: UnitTask[] = cells.flatMap((cell) => [{ kind: 'cell', ...cell }, ...folds.map((fold) => ({ kind: 'fold' as const, ...cell, fold }))])
      return open(units).sort((a, b) => unitCost(b) - unitCost(a))
    }
    case 'ratio-test': {
      for (const components of [...question.components].sort((a, b) => a - b)) {
        const test = ratioTests(question, done).find((one) => one.components === components)
        const left = open(upTo(question.replicates + 1).map((replicate) => ({ kind: 'ratio', components, replicate })))
        if (left.length > 0) return left
        if (!test || test.pValue === null || test.pValue > question.level) return []
      }
      return []
    }
    case 'bootstrap':
      return open(upTo(question.replicates + 1).map((index) => ({ kind: 'replicate', index })))
    default:
      return question satisfies never
  }
}

/** How much work a unit is, in any unit: for the order and for the time left. */
export const unitCost = (unit: UnitTask): number => (unit.kind === 'replicate' ? 1 : unit.components === 1 ? 1 : 2 + unit.components ** 1.5)

/** All units there can be; tests may end before. */
export function unitCount(question: SelectionQuestion): number {
  switch (question.kind) {
    case 'grid':
      return question.components.length * Math.max(1, question.structures.length) * (1 + (question.folds > 1 ? question.folds : 0))
    case 'ratio-test':
      return question.components.length * (question.replicates + 1)
    case 'bootstrap':
      return question.replicates + 1
    default:
      return question satisfies never
  }
}
