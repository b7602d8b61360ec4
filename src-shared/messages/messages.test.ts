import { expect, test } from 'vitest'
import { inWindow } from './in-window'
import { messages, sentence } from './messages'

const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test.each(Object.entries(messages))('%s: both languages name the same details, and end as sentences', (code, { en, zh }) => {
  expect(code).toMatch(/^[a-z]+\/[a-z0-9-]+$/)
  expect(places(zh)).toEqual(places(en))
  expect(en.trim()).toMatch(/[.:}?]$/)
  expect(zh.trim()).toMatch(/[\u4e00-\u9fff）。：？}]$/)
  expect(zh).toMatch(/[\u4e00-\u9fff]/)
})

test('numbers are shown shortly, lists with commas, and a code from another version by its fallback', () => {
  expect(sentence('spec/too-small', { path: 'a', minimum: 0.1 + 0.2, got: '0' }, 'en')).toBe('a must be at least 0.3, not 0.')
  expect(sentence('spec/not-one-of', { path: 'a', options: ['b', 'c'], got: '"d"' }, 'zh')).toBe('a 应为 b, c 之一，而不是 "d"。')
  expect(sentence('new/code', {}, 'zh', 'what it says')).toBe('what it says')
})

test('sentences for the window name the same details as those they stand for', () => {
  for (const [code, { en, zh }] of Object.entries(inWindow)) {
    expect([code, places(zh)]).toEqual([code, places(en)])
    const details = places(messages[code as keyof typeof messages].en)
    expect(places(en).filter((place) => !details.includes(place))).toEqual([])
    expect(`${en} ${zh}`).not.toMatch(/--[a-z]/)
  }
})

test('the window is told what to click where the command line is told what to type', () => {
  const details = { path: 'a.csv', columns: ['x'], line: 3 }
  expect(sentence('dataset/missing-values', details, 'en')).toContain('--missing keep')
  expect(sentence('dataset/missing-values', details, 'en', '', 'window')).toContain('“Rows with missing values”')
  expect(sentence('dataset/missing-values', details, 'zh', '', 'window')).toContain('“含缺失值的行”')
})

// What only someone at a command line can meet, or has to do there wherever it is read.
const typed = /^(cli|system)\/|^(device\/cuda-not-installed|em\/start-not-json|sweep\/over)$/

test('no other sentence that the window may show names an option of the command line', () => {
  const naming = Object.keys(messages).filter((code) => !typed.test(code) && /--[a-z]/.test(sentence(code, {}, 'en', '', 'window') + sentence(code, {}, 'zh', '', 'window')))
  expect(naming).toEqual([])
})
