import { expect, it } from 'vitest'
import { inquiryQuestionSchema } from '@shared/domain/inquiry'
import type { ModelKind } from '@shared/domain/spec'
import { askedKinds, kinds, questionOf } from './question-kinds'

it.each(askedKinds)('%s begins with options that the contract takes, and every field is among them or may be left open', (kind) => {
  const draft = kinds[kind].start()
  const question = inquiryQuestionSchema.parse(questionOf(kind, { ...draft, rows: 0, part: '' }, ''))
  expect(question.kind).toBe(kind)
  expect(question.options).not.toHaveProperty('part')
  for (const { key } of kinds[kind].fields) expect({ ...draft, part: '', rows: 0 }).toHaveProperty(key)
})

it('factors are another dataset only where codes are held against them', () => {
  expect(questionOf('disentangle', {}, 'd2')).toMatchObject({ dataset: 'd2' })
  expect(questionOf('gaps', {}, 'd2')).not.toHaveProperty('dataset')
})

it('of a model that has nothing to sample nothing is asked, of a VAE everything', () => {
  const asked = (model: ModelKind): string[] => askedKinds.filter((kind) => kinds[kind].fits(model))
  expect(asked('vae')).toEqual([...askedKinds])
  expect(asked('categorical-vae')).toEqual(['disentangle', 'estimators'])
  expect(asked('ppca')).toEqual(['gaps'])
  expect(asked('clutter')).toEqual([])
})
