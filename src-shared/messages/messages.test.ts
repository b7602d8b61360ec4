import { expect, test } from 'vitest'
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
