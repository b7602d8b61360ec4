import { totalmem } from 'node:os'
import { expect, it } from 'vitest'
import { memoryBudget } from './memory-budget'

it('is what was told, else a part of the memory, smaller where rows can stay on disk', () => {
  expect(memoryBudget('prefers disk', { LATENT_MEMORY_BUDGET_MB: '0' })).toBe(0)
  expect(memoryBudget('needs memory', { LATENT_MEMORY_BUDGET_MB: '0.5' })).toBe(2 ** 19)
  expect(memoryBudget('needs memory', {})).toBe(totalmem() / 4)
  expect(memoryBudget('prefers disk', { LATENT_MEMORY_BUDGET_MB: '' })).toBe(Math.min(totalmem() / 4, 2 ** 30))
})

it.each(['much', '-1', 'NaN'])('%s is refused, by the name of the variable', (value) => {
  expect(() => memoryBudget('needs memory', { LATENT_MEMORY_BUDGET_MB: value })).toThrow(/LATENT_MEMORY_BUDGET_MB is (much|-1|NaN)/)
})
