import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, pixelsOf, pressStart, see, startRun, textOf, untilStatus } from './steps'

const collapsing = `name: collapsing
dataset: digits
split: {train: 0.8, test: 0.2}
preprocess: [scale, {binarize: stochastic}]
model: {kind: vae, latent: 4, encoder: {mlp: [64]}, decoder: {mlp: [64]}, likelihood: bernoulli}
inference: {kind: gradient, batchSize: 64, epochs: 15, objective: {elbo: {beta: 30}}}
`

const diverging = `name: diverging
dataset: digits
preprocess: [scale]
model: {kind: vae, latent: 2, encoder: {mlp: [32]}, decoder: {mlp: [32]}}
inference: {kind: gradient, batchSize: 64, epochs: 12, warmup: 8, optimizer: {sgd: {learningRate: 6, momentum: 0.9}}}
`

const exploding = `name: exploding
dataset: faithful
model: {kind: vae, latent: 2, encoder: {mlp: []}, decoder: {mlp: [16]}, likelihood: {gaussian: {}}}
inference: {kind: gradient, batchSize: 64, epochs: 10}
`

describe(`ready-made experiments, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('autoencoder beside VAE: both are fitted, and each has a map of codes and draws of its own', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.guidedTry('autoencoder-beside-vae')).click()
    await see(page, testIds.runsTable)
    const maps: string[] = []
    const draws: string[] = []
    for (const name of ['autoencoder', 'VAE']) {
      await page.getByTestId(testIds.rail.runs).click()
      await page.getByTestId(testIds.runsTable).getByRole('link', { name: `Autoencoder beside VAE: ${name}`, exact: true }).click()
      await untilStatus(page, 'completed')
      await page.getByTestId(testIds.runOpenLatent).click()
      await see(page, testIds.chart(testIds.latentMap))
      const samples = page.getByTestId(testIds.latentSamples)
      await samples.locator('canvas').first().waitFor()
      maps.push(await pixelsOf(page.getByTestId(testIds.chart(testIds.latentMap))))
      draws.push(await pixelsOf(samples))
    }
    expect(maps[0]).not.toBe(maps[1])
    expect(draws[0]).not.toBe(draws[1])
  })

  it('a collapse is told in words, and one click opens what mends it', async () => {
    const { page } = workbench
    await startRun(page, collapsing)
    await untilStatus(page, 'completed')
    expect(await textOf(page, testIds.runWarnings)).toMatch(/posterior has collapsed to the prior/)
    await page.getByTestId(testIds.languageSwitch).click()
    await expect.poll(() => textOf(page, testIds.runWarnings)).toMatch(/后验已坍塌为先验/)
    await page.getByTestId(testIds.languageSwitch).click()
    await page.getByTestId(testIds.remedy('smallerBeta')).first().click()
    await pressStart(page)
    await untilStatus(page, 'completed')
    expect(await page.getByTestId(testIds.runWarnings).count()).toBe(0)
  })

  it('a posterior variance out of bounds is told in words, and one click standardizes the columns', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    await startRun(page, exploding)
    await untilStatus(page, 'completed')
    expect(await textOf(page, testIds.runWarnings)).toMatch(/posterior variance of dimension \d was .*growing out of bounds/s)
    await page.getByTestId(testIds.remedy('standardized')).click()
    await pressStart(page)
    await untilStatus(page, 'completed')
    expect(await page.getByTestId(testIds.remedy('calmer')).count()).toBe(0)
  })

  it('a loss that is no number ends the run before it spoils the weights, and one click goes on from there at half the rate', async () => {
    const { page } = workbench
    await startRun(page, diverging)
    await untilStatus(page, 'failed')
    expect(await textOf(page, testIds.runError)).toMatch(/first value that is not finite is in .* training rows \d+.*last good checkpoint was kept/s)
    await page.getByTestId(testIds.languageSwitch).click()
    await expect.poll(() => textOf(page, testIds.remedy('resumeCalmer'))).toBe('学习率减半并裁剪梯度，从检查点继续')
    await page.getByTestId(testIds.languageSwitch).click()
    await page.getByTestId(testIds.remedy('resumeCalmer')).click()
    await untilStatus(page, 'completed')
    expect(await textOf(page, testIds.runWarnings)).toMatch(/From epoch 3 on with learning rate 3 \(before: 6\)/)
  })

  it('an example fills the form: a convolutional VAE of clothes, for two epochs', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.newRun).click()
    await page.getByTestId(testIds.newRunExample).selectOption('convolutional-fashion/0')
    const yaml = page.getByTestId(testIds.newRunYaml)
    await expect.poll(() => yaml.inputValue(), { timeout: 20_000 }).toContain('channels: [16, 32]')
    const plan = page.getByTestId(testIds.networkPlan)
    await expect.poll(() => plan.innerText()).toMatch(/28×28×1 → 14×14×16 → 7×7×32 → 64 → 20.*213,909/s)
    await page.getByTestId(testIds.field('model.encoder.channels')).fill('8, 16')
    await page.getByTestId(testIds.field('model.encoder.channels')).press('Tab')
    await expect.poll(() => plan.innerText()).toMatch(/28×28×1 → 14×14×8 → 7×7×16 → 64 → 20/)
    await page.getByTestId(testIds.field('model.encoder.channels')).fill('16, 32')
    await page.getByTestId(testIds.field('model.encoder.channels')).press('Tab')
    await expect.poll(() => yaml.inputValue()).toContain('channels: [16, 32]')
    await yaml.fill((await yaml.inputValue()).replace(/epochs: \d+/, 'epochs: 2'))
    await pressStart(page)
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('pictures')).click()
    await see(page, testIds.pictures)
  })
})
