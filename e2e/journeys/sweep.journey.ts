import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, see, textOf } from './steps'

const sweep = `dataset: digits
split: {train: 0.8, validation: 0.2}
preprocess: [scale]
model: {kind: vae, latent: 2, encoder: {mlp: [32]}, decoder: {mlp: [32]}}
inference: {kind: gradient, batchSize: 64, epochs: 8}
sweep:
  parameters:
    model.latent: {integer: [2, 12]}
    inference.optimizer.adam.learningRate: {logUniform: [1.0e-4, 1.0e-2]}
    inference.objective.elbo.beta: {uniform: [0.5, 2]}
  sampler: tpe
  pruner: asha
  trials: 14
  objective: {metric: validation/elbo}
`

describe(`a sweep, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })
  const statusIs = (status: string): Promise<void> =>
    expect.poll(() => workbench.page.getByTestId(testIds.sweepStatus).first().getAttribute('data-status'), { timeout: 120_000 }).toBe(status)

  it('is described in the space editor, which counts its points and explains what is wrong', async () => {
    const { page } = workbench
    await addBundled(page, 'digits')
    await page.getByTestId(testIds.rail.sweeps).click()
    await page.getByTestId(testIds.sweepNew).click()
    await see(page, testIds.sweepParameter)
    await page.getByTestId(testIds.sweepAdd).click()
    expect(await page.getByTestId(testIds.sweepParameter).count()).toBe(2)
    await page.getByTestId(testIds.sweepYaml).fill(sweep.replace('[2, 12]', '[12, 2]'))
    await expect.poll(() => textOf(page, testIds.sweepIssues)).toMatch(/lower bound 12 must be below the upper one 2/)
    await page.getByTestId(testIds.sweepYaml).fill(sweep.replace('model.latent:', 'model.latnet:'))
    await expect.poll(() => textOf(page, testIds.sweepIssues)).toMatch(/Did you mean model\.latent\?/)
    await page.getByTestId(testIds.sweepYaml).fill(sweep)
    await expect.poll(() => textOf(page, testIds.sweepCount)).toMatch(/a continuous space · 14 runs/)
    expect(await page.getByTestId(testIds.sweepParameter).count()).toBe(3)
  })

  it('takes conditions and constraints, and says which of them cannot be', async () => {
    const { page } = workbench
    const written = (): Promise<string> => page.getByTestId(testIds.sweepYaml).inputValue()
    await page.getByTestId(testIds.sweepYaml).fill(sweep.replace('parameters:', 'parameters:\n    model.likelihood: {values: [bernoulli, gaussian]}'))
    await expect.poll(() => page.getByTestId(testIds.sweepWhen).count()).toBe(3)
    const condition = page.getByTestId(testIds.sweepWhen).first()
    await condition.fill('model.likelihood = poisson')
    await condition.press('Tab')
    await expect.poll(() => textOf(page, testIds.sweepIssues)).toMatch(/asks for model\.likelihood = "poisson"/)
    await condition.fill('model.likelihood = gaussian')
    await condition.press('Tab')
    await expect.poll(written).toMatch(/when:\s+model\.likelihood: gaussian/)
    await page.getByTestId(testIds.sweepConstraints).fill('model.latnet <= 8')
    await page.getByTestId(testIds.sweepConstraints).press('Tab')
    await expect.poll(() => textOf(page, testIds.sweepIssues)).toMatch(/names model\.latnet/)
    await page.getByTestId(testIds.sweepConstraints).fill('model.latent * 2 <= 16')
    await page.getByTestId(testIds.sweepConstraints).press('Tab')
    await expect.poll(() => textOf(page, testIds.sweepCount)).toMatch(/a continuous space · 14 runs/)
    await page.getByTestId(testIds.sweepYaml).fill(sweep)
    await expect.poll(() => page.getByTestId(testIds.sweepWhen).count()).toBe(0)
  })

  it('may be sent to a Slurm cluster, with a partition, GPUs and a time, which are checked before anything is sent', async () => {
    const { page } = workbench
    const written = (): Promise<string> => page.getByTestId(testIds.sweepYaml).inputValue()
    await page.getByTestId(testIds.executorKind).selectOption('slurm')
    for (const name of ['partition', 'gpus', 'time']) await see(page, testIds.field(`executor.${name}`))
    await page.getByTestId(testIds.field('executor.partition')).fill('nowhere')
    await page.getByTestId(testIds.field('executor.partition')).press('Tab')
    await expect.poll(written).toMatch(/executor:[\s\S]*partition: nowhere/)
    await expect.poll(() => textOf(page, testIds.sweepIssues), { timeout: 20_000 }).toMatch(/Slurm/)
    expect(await page.getByTestId(testIds.sweepStart).isDisabled()).toBe(true)
    await page.getByTestId(testIds.executorKind).selectOption('local')
    await expect.poll(written).not.toMatch(/executor/)
    await expect.poll(() => page.getByTestId(testIds.sweepStart).isEnabled()).toBe(true)
  })

  it('runs before the eyes of the user, and says of every trial why it ended', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.sweepStart).click()
    await see(page, testIds.sweepTop)
    await statusIs('completed')
    // a chart is drawn in the frame after its numbers came
    await expect.poll(() => chartSays(page, 'sweep-history')).toMatch(/14 trials; best −\d+\.\d+ at trial \d+/)
    for (const chart of ['parallel', 'slice', 'contour', 'timeline']) await expect.poll(() => chartSays(page, `sweep-${chart}`)).toMatch(/14 trials/)
    await page.getByTestId(testIds.sweepTab('trials')).click()
    expect(await textOf(page, testIds.sweepTrials)).toMatch(/Successive halving at epoch [14]: validation\/elbo was/)
  })

  it('sends its best trials to the comparison, one group each', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.sweepTick).first().check()
    await page.getByTestId(testIds.sweepTick).nth(1).check()
    await page.getByTestId(testIds.sweepCompare).click()
    await expect.poll(() => page.locator('main').innerText()).toMatch(/2 runs in 2 groups/)
    await page.goBack()
    await see(page, testIds.sweepTrials)
  })

  it('takes more trials, and the best goes on to be run with other seeds', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.sweepMore).click()
    await statusIs('running')
    await page.getByTestId(testIds.sweepStop).click()
    await statusIs('cancelled')
    await page.getByTestId(testIds.sweepRerun).click()
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsQuery).fill('tag:rerun')
    await expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).toMatch(/5 of \d+/)
  })
})
