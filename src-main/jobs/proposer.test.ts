import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ProposalRequest } from '@shared/domain/proposal'
import { buildOnce, repository } from '../cli/fixture-command'
import { createSampler } from '../search/samplers'
import { createProposer, type Proposer } from './proposer'

const space = Object.fromEntries(['a', 'b', 'c', 'd'].map((path) => [path, { uniform: [0, 1] as [number, number] }]))
const request = (count: number): ProposalRequest => {
  const history = Array.from({ length: count }, (_, trial) => ({
    point: Object.fromEntries(Object.keys(space).map((path, at) => [path, ((trial + 1) * (0.618 + 0.13 * at)) % 1])),
    value: Math.sin(trial),
  }))
  return { sweep: 's1', sampler: 'gp', space, seed: 1, constraints: [], history }
}
let proposer: Proposer
beforeAll(() => {
  buildOnce()
  proposer = createProposer(join(repository, 'out', 'main', 'proposer.js'))
})
afterAll(() => proposer.close())

it('proposes beside the host what the host itself would, and the host goes on meanwhile', async () => {
  await proposer.propose(request(3))
  let ticks = 0
  const timer = setInterval(() => ticks++, 2)
  const found = await proposer.propose(request(60))
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(3)
  expect(found).toEqual(createSampler('gp', { space, seed: 1 })(request(60).history))
})

it('rejects what it was asked when it is closed', async () => {
  const asked = proposer.propose(request(200))
  await proposer.close()
  await expect(asked).rejects.toThrow(/ended/)
})
