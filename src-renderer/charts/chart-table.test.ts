import { expect, test } from 'vitest'
import { seriesTable, toCsv } from './chart-table'

test('series with different steps share one table with empty cells', () => {
  const table = seriesTable('epoch', [
    { name: 'train · ELBO', step: Float64Array.of(1, 2), value: Float64Array.of(-3, -2) },
    { name: 'say "test", ELBO', step: Float64Array.of(2), value: Float64Array.of(-2.5) },
  ])
  expect(toCsv(table)).toBe('epoch,train · ELBO,"say ""test"", ELBO"\n1,-3,\n2,-2,-2.5\n')
})
