import { expect, it } from 'vitest'
import { remedies, remediesFor } from './remedies'
import { runSpecSchema } from './spec'

const spec = (inference: object = {}) => runSpecSchema.parse({ dataset: 'd', model: { kind: 'vae' }, inference: { kind: 'gradient', epochs: 50, ...inference } })

it('every remedy gives a valid specification that differs in what it says', () => {
  expect(runSpecSchema.parse(remedies.warmUp(spec())).inference).toMatchObject({ objective: { elbo: { klSchedule: { warmup: { epochs: 10 } } } } })
  expect(runSpecSchema.parse(remedies.freeBits(spec())).inference).toMatchObject({ objective: { elbo: { freeBits: 0.1, beta: 1 } } })
  expect(runSpecSchema.parse(remedies.smallerBeta(spec({ objective: { elbo: { beta: 8 } } }))).inference).toMatchObject({ objective: { elbo: { beta: 1 } } })
  expect(runSpecSchema.parse(remedies.calmer(spec())).inference).toMatchObject({ optimizer: { adam: { learningRate: 5e-4 } }, clip: 10 })
})

it('columns in the units of their file may be standardized, once, where the likelihood is of real numbers', () => {
  const wide = runSpecSchema.parse({ ...spec(), model: { kind: 'vae', likelihood: { gaussian: {} } } })
  expect(remediesFor('vae/variance-explodes', wide)).toEqual(['standardized', 'calmer'])
  expect(runSpecSchema.parse(remedies.standardized(wide)).preprocess).toEqual(['standardize'])
  expect(remedies.standardized({ ...wide, preprocess: ['standardize'] })).toBeNull()
  expect(remediesFor('vae/variance-explodes', spec())).toEqual(['calmer'])
})

it('nothing is offered that does not fit what is climbed', () => {
  expect(remediesFor('vae/posterior-collapse', spec())).toEqual(['warmUp', 'freeBits', 'smallerBeta'])
  expect(remediesFor('vae/posterior-collapse', spec({ objective: { iwae: {} } }))).toEqual([])
  expect(remediesFor('vae/not-a-number', spec({ objective: { iwae: {} } }))).toEqual(['calmer'])
  expect(remediesFor('em/still-climbing', spec())).toEqual([])
  expect(remediesFor('vae/rate-found', spec())).toEqual([])
  expect(remediesFor('vae/rate-found', spec(), { suggested: '0.0031' })).toEqual(['foundRate'])
  const trained = remedies.foundRate(spec({ schedule: { search: {} } }), { suggested: '0.0031' })
  expect(runSpecSchema.parse(trained).inference).toMatchObject({ schedule: 'constant', optimizer: { adam: { learningRate: 0.0031, beta1: 0.9 } } })
})
