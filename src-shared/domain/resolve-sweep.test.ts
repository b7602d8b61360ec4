import { describe, expect, test } from 'vitest'
import { sentence } from '../messages/messages'
import { checkPlanAgainstSpec, resolveSweep } from './resolve-sweep'
import { resolveSpec } from './resolve-spec'
import { specOfTrial } from './trial-spec'

const vae = { dataset: 'digits', split: { train: 0.8, validation: 0.2 }, model: { kind: 'vae' } }
const sweep = (change: object): object => ({ ...vae, sweep: { parameters: { 'model.latent': { integer: [2, 16] } }, objective: { metric: 'validation/elbo' }, ...change } })
const parameters = (range: unknown): object => sweep({ parameters: { 'model.latent': range } })

test('two lines are a whole plan: every default is filled in, the direction from the metric, the seeds from the specification', () => {
  const { plan, base, issues } = resolveSweep({ ...sweep({}), seed: 7 })
  expect(issues).toEqual([])
  expect(base).toEqual({ ...vae, seed: 7 })
  expect(plan).toMatchObject({
    ...{ sampler: 'tpe', pruner: 'none', trials: 20, parallel: 1, seeds: [7], stopAfterFailures: 5 },
    objective: [{ metric: 'validation/elbo', direction: 'maximize' }],
  })
  expect(resolveSweep(sweep({ objective: [{ metric: 'train/inertia' }, { metric: 'train/elbo', direction: 'minimize' }] })).plan?.objective).toEqual([
    { metric: 'train/inertia', direction: 'minimize' },
    { metric: 'train/elbo', direction: 'minimize' },
  ])
})

describe('what cannot be is told in both languages, with its place', () => {
  test.each<[string, object, string, RegExp, RegExp]>([
    ['no sweep', vae, 'sweep', /has no `sweep` part/, /没有 sweep 部分/],
    ['an empty space', sweep({ parameters: {} }), 'sweep.parameters', /names no parameter/, /搜索空间为空/],
    ['no space', sweep({ parameters: undefined }), 'sweep.parameters', /names no parameter/, /搜索空间为空/],
    ['bounds reversed', parameters({ uniform: [5, 1] }), 'sweep.parameters.model.latent', /lower bound 5 must be below the upper one 1/, /下界 5 必须小于上界 1/],
    ['equal bounds', parameters({ integer: [3, 3] }), 'sweep.parameters.model.latent', /both bounds are 3/, /上下界都是 3/],
    ['log of a negative', parameters({ logUniform: [-1, 1] }), 'sweep.parameters.model.latent', /above 0, but the lower one is -1/, /下界为 -1/],
    ['log of zero', parameters({ logInteger: [0, 8] }), 'sweep.parameters.model.latent', /above 0, but the lower one is 0/, /下界为 0/],
    ['fractions in a range of whole numbers', parameters({ integer: [1.5, 4] }), 'sweep.parameters.model.latent', /not 1.5 and 4/, /而不是 1.5 和 4/],
    ['one bound', parameters({ uniform: [1] }), 'sweep.parameters.model.latent', /two numbers.*not \[1\]/, /而不是 \[1\]/],
    ['no values', parameters({ values: [] }), 'sweep.parameters.model.latent', /list of values is empty/, /取值列表为空/],
    ['an unknown kind of range', parameters({ gaussian: [0, 1] }), 'sweep.parameters.model.latent', /one of values, uniform, .*not as {"gaussian":\[0,1\]}/, /应写成/],
    ['no objective', sweep({ objective: undefined }), 'sweep.objective', /say which metric/, /以哪个指标为目标/],
    ['an objective without a better side', sweep({ objective: { metric: 'train/kl' } }), 'sweep.objective', /has no better side/, /没有优劣方向/],
    ['a condition on nothing', parameters({ integer: [1, 3], when: { 'model.kind': 'vae' } }), 'sweep.parameters.model.latent', /names model.kind, which is no parameter/, /不是本次搜索的参数/],
    [
      'a condition that never holds',
      sweep({ parameters: { a: { values: [1, 2] }, b: { uniform: [0, 1], when: { a: 3 } } } }),
      ...(['sweep.parameters.b', /asks for a = 3.*never be used/, /永远不会用到/] as const),
    ],
    [
      'a condition outside a range',
      sweep({ parameters: { a: { integer: [1, 4] }, b: { uniform: [0, 1], when: { a: 2.5 } } } }),
      ...(['sweep.parameters.b', /asks for a = 2\.5.*never be used/, /永远不会用到/] as const),
    ],
    [
      'conditions in a circle',
      sweep({ parameters: { d: { values: [1] }, a: { values: [1, 2], when: { c: 1 } }, b: { values: [1, 2], when: { d: 1, a: 2 } }, c: { values: [1, 2], when: { b: 1 } } } }),
      ...(['sweep.parameters.a', /in a circle: a → c → b → a\./, /成环：a → c → b → a/] as const),
    ],
    ['a constraint that is none', sweep({ constraints: ['model.latent'] }), 'sweep.constraints', /“model.latent” cannot be read/, /无法读取约束/],
    ['a constraint on nothing', sweep({ constraints: ['model.width < 3'] }), 'sweep.constraints', /names model.width/, /中的 model.width/],
    ['an unknown sampler', sweep({ sampler: 'magic' }), 'sweep.sampler', /must be one of grid, random, .*not "magic"/, /应为 grid/],
    ['a misspelt field', sweep({ trails: 5 }), 'sweep.trails', /Did you mean sweep.trials\?/, /是否想写 sweep.trials/],
    ['a fraction of a trial', sweep({ trials: 2.5 }), 'sweep.trials', /whole number, not 2.5/, /应是整数/],
    ['a seed twice', sweep({ seeds: [1, 2, 1] }), 'sweep.seeds', /names 1 twice/, /1 出现了两次/],
    ['two objectives for CMA-ES', sweep({ sampler: 'cma-es', objective: [{ metric: 'train/elbo' }, { metric: 'validation/elbo' }] }), 'sweep.sampler', /follows one objective/, /只能优化一个目标/],
    ['two objectives for a pruner', sweep({ pruner: 'asha', objective: [{ metric: 'train/elbo' }, { metric: 'validation/elbo' }] }), 'sweep.pruner', /compares trials by one/, /单一目标/],
  ])('%s', (_, input, path, english, chinese) => {
    const { plan, issues } = resolveSweep(input)
    expect(plan).toBeNull()
    expect(issues[0]).toMatchObject({ path })
    expect(issues[0]!.message).toMatch(english)
    expect(sentence(issues[0]!.code, issues[0]!.details, 'zh')).toMatch(chinese)
  })

  test.each<[string, object, RegExp]>([
    ['a misspelt metric', { objective: { metric: 'validation/elbow' } }, /No run reports validation\/elbow.*validation\/elbo\./],
    ['a metric without its part', { objective: { metric: 'elbo' } }, /No run reports elbo.*train\/elbo\./],
    ['a part that is not there', { objective: { metric: 'test/elbo' } }, /split.test is 0/],
  ])('%s', (_, change, says) => {
    const { plan } = resolveSweep(sweep(change))
    expect(checkPlanAgainstSpec(plan!, resolveSpec(vae).spec!, false)[0]?.message).toMatch(says)
  })

  test('a pruner where there are no epochs', () => {
    const { plan } = resolveSweep(sweep({ pruner: 'median', objective: { metric: 'train/logLikelihood' } }))
    const { spec } = resolveSpec({ dataset: 'faithful', model: { kind: 'gaussian-mixture' } })
    expect(checkPlanAgainstSpec(plan!, spec!, false)[0]?.message).toMatch(/fitted by em have none/)
  })
})

test('a trial sets its parameters at their places, in lists of defaults too, and at the places tied to them', () => {
  const plan = { parameters: { 'model.encoder.mlp.0': { values: [32], also: ['model.decoder.mlp.0'] }, 'inference.optimizer.adam.learningRate': { uniform: [0, 1] as [number, number] } } }
  const spec = specOfTrial(vae, plan, { 'model.encoder.mlp.0': 32, 'inference.optimizer.adam.learningRate': 0.5 }, 3)
  expect(resolveSpec(spec)).toMatchObject({
    issues: [],
    spec: { seed: 3, model: { encoder: { mlp: [32] }, decoder: { mlp: [32] } }, inference: { optimizer: { adam: { learningRate: 0.5 } } } },
  })
  expect(vae.model).toEqual({ kind: 'vae' })
})
