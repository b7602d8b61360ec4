import { expect, it } from 'vitest'
import { tablesOf } from './mixed-tables'

it('gathers columns by family, and gives each column of categories a table of its own', () => {
  const tables = tablesOf({
    height: { family: 'real', means: [1, 2], standardDeviations: [0.1, 0.2] },
    smoker: { family: 'binary', probabilities: [0.3, 0.4] },
    colour: { family: 'category', categories: ['blue', 'red'], probabilities: [[0.5, 0.5], [0.9, 0.1]] },
    visits: { family: 'count', rates: [3, 4] },
    drinker: { family: 'binary', probabilities: [0.6, 0.7] },
  })
  expect(tables.map(({ key, headings, values }) => [key, headings, values])).toEqual([
    ['real', ['height', '± height'], [[1, 0.1], [2, 0.2]]],
    ['count', ['visits'], [[3], [4]]],
    ['binary', ['smoker', 'drinker'], [[0.3, 0.6], [0.4, 0.7]]],
    ['colour', ['blue', 'red'], [[0.5, 0.5], [0.9, 0.1]]],
  ])
})
