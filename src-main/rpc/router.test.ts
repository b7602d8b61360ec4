import { expect, test } from 'vitest'
import { methods } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { Handlers } from '@shared/rpc/handlers'
import { createRouter } from './router'

const bugs: [string, unknown][] = []
const route = (handlers: Partial<Handlers>) =>
  createRouter(handlers as Handlers, { checkOutputs: true, onBug: (method, error) => void bugs.push([method, error]) })

test('input arrives parsed, with the defaults of the contract', async () => {
  let got: unknown
  const dispatch = route({
    'runs.list': (input) => {
      got = input
      return { runs: [], total: 0, matching: 0 }
    },
  })
  expect(await dispatch('runs.list', {})).toEqual({ ok: true, value: { runs: [], total: 0, matching: 0 } })
  expect(got).toEqual({ query: '', shelf: 'all', offset: 0, limit: 10000 })
})

test.each([
  ['runs.list', { limit: 0 }, /limit/],
  ['runs.list', { limits: 1 }, /limits/],
  ['runs.list', null, /object/],
  ['inspect.decode', { id: 'x', latent: [['a']] }, /latent/],
])('%s with %j is refused with the field named', async (method, input, problem) => {
  const reply = await route({})(method, input)
  expect(reply).toMatchObject({ ok: false, error: { code: 'system/bad-request', message: expect.stringMatching(problem) } })
})

test.each(['nothing', '__proto__', 'constructor', ''])('%j is no method', async (method) => {
  expect(await route({})(method, {})).toMatchObject({ ok: false, error: { code: 'system/unknown-method' } })
})

test('what a user can mend comes back in its words; a bug is reported and named as one', async () => {
  const dispatch = route({
    'runs.get': () => {
      throw new AppError('run/not-found', { id: 'r' })
    },
    'runs.cancel': () => Promise.reject(new TypeError('x is undefined')),
    'datasets.list': () => [{ id: 5 }] as never,
  })
  expect(await dispatch('runs.get', { id: 'r' })).toMatchObject({ ok: false, error: { code: 'run/not-found' } })
  expect(bugs).toEqual([])
  expect(await dispatch('runs.cancel', { id: 'r' })).toMatchObject({ ok: false, error: { code: 'system/internal', details: { problem: 'x is undefined' } } })
  expect(await dispatch('datasets.list', {})).toMatchObject({ ok: false, error: { code: 'system/internal' } })
  expect(bugs.map(([method]) => method)).toEqual(['runs.cancel', 'datasets.list'])
})

test('every method of the contract refuses fields it does not know', () => {
  for (const [name, { input }] of Object.entries(methods)) expect([name, input.safeParse({ unknownField: 1 }).success]).toEqual([name, false])
})
