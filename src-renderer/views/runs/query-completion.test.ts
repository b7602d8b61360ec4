import { expect, test } from 'vitest'
import { parseRunQuery } from '@shared/domain/run-query'
import { completionsAt } from './query-completion'

const known = {
  metrics: ['train/elbo', 'validation/elbo', ...Array.from({ length: 40 }, (_, index) => `a/m${index}`)],
  parameters: ['model.latent', 'model.kind'],
  valuesOf: (field: string) => (field === 'dataset' ? ['digits', 'old faithful'] : field === 'status' ? ['completed', 'failed'] : []),
}
const at = (text: string) => completionsAt(text, text.length, known)

test.each([
  ['', ['status ', 'model ', 'dataset ']],
  ['mod', ['model ', 'model.latent ', 'model.kind ']],
  ['elb', ['train/elbo ', 'validation/elbo ']],
  ['status ', ['= ', '!= ', ': ']],
  ['train/elbo ', ['> ', '>= ', '< ']],
  ['status = ', ['completed ', 'failed ']],
  ['status=f', ['failed ']],
  ['dataset = ', ['digits ', '"old faithful" ']],
  ['status in (completed, ', ['completed ', 'failed ']],
  ['status = failed ', ['and ', 'or ']],
  ['status = failed and ', ['status ', 'model ']],
  ['(', ['status ', 'model ']],
])('after %j come %j', (text, options) => {
  expect(at(text).options.slice(0, options.length)).toEqual(options)
})

test('what is completed can be read, and what is left out of the list is counted', () => {
  const text = 'dataset = '
  const { from, to, options } = at(text)
  expect(parseRunQuery(text.slice(0, from) + options[1] + text.slice(to))).toMatchObject({ field: 'dataset', values: [{ text: 'old faithful' }] })
  expect(at('a/m').more).toBe(28)
  expect(at('a/m').options).toHaveLength(12)
})

test('the caret may stand in the middle', () => {
  expect(completionsAt('sta = failed', 3, known)).toMatchObject({ from: 0, to: 3, options: ['status ', 'started '] })
})
