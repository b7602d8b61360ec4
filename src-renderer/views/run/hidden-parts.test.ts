import { expect, it } from 'vitest'
import { featuresIn, hiddenParts, withHidden } from './hidden-parts'

it('halves are halves, and the two of a pair make the whole', () => {
  for (const [one, other] of [['left', 'right'], ['top', 'bottom']] as const) {
    const [a, b] = [featuresIn(one, [4, 6, 1]), featuresIn(other, [4, 6, 1])]
    expect([a.length, b.length]).toEqual([12, 12])
    expect([...a, ...b].sort((x, y) => x - y)).toEqual(Array.from({ length: 24 }, (_, feature) => feature))
  }
  expect(featuresIn('right', [2, 2, 3])).toEqual([3, 4, 5, 9, 10, 11])
  expect(featuresIn('middle', [4, 4, 1])).toEqual([5, 6, 9, 10])
  for (const part of hiddenParts) expect(featuresIn(part, [8, 8, 1]).length).toBeGreaterThan(0)
})

it('what is hidden has a colour of its own, the rest stays as it was', () => {
  expect([...withHidden([0.1, 0.2, 0.3, 0.4], [1, 2, 1], new Set([1]), [0, 0, 1])]).toEqual([0.1, 0.1, 0.1, 0, 0, 1, 0.3, 0.3, 0.3, 0, 0, 1])
})
