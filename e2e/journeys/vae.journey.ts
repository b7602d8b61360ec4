import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { workersOf } from '../processes'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, dragSlider, pixelsOf, see, startRun, statusOf, textOf, untilStatus } from './steps'

const digits = (name: string, epochs: number): string => `name: ${name}
dataset: digits
split: {train: 0.8, test: 0.2}
preprocess: [scale, {binarize: stochastic}]
model: {kind: vae, latent: 4, encoder: {mlp: [64]}, decoder: {mlp: [64]}, likelihood: bernoulli}
inference: {kind: gradient, batchSize: 64, epochs: ${epochs}}
`
const endless = 100_000

describe(`a VAE, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('trains on digits, and its curves move while it runs', async () => {
    const { page } = workbench
    await addBundled(page, 'digits')
    await startRun(page, digits('to be stopped', endless))
    await untilStatus(page, 'running')
    await see(page, testIds.chart('elbo'))
    const chart = page.getByTestId(testIds.chart('elbo'))
    for (let times = 0; times < 3; times++) {
      const [said, pixels] = [await chartSays(page, 'elbo'), await pixelsOf(chart)]
      await expect.poll(() => chartSays(page, 'elbo'), { timeout: 20_000 }).not.toBe(said)
      await expect.poll(() => pixelsOf(chart), { timeout: 20_000 }).not.toBe(pixels)
    }
    expect(await statusOf(page)).toBe('running')
  })

  it('a run that is stopped is cancelled, and keeps its curves', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runCancel).click()
    await untilStatus(page, 'cancelled')
    const said = await chartSays(page, 'elbo')
    await page.reload()
    await expect.poll(() => chartSays(page, 'elbo'), { timeout: 20_000 }).toBe(said)
  })

  it('trains to the end, with the last epoch on the curve', async () => {
    const { page } = workbench
    await startRun(page, digits('digits in four', 80))
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('curves')).click()
    await expect.poll(() => chartSays(page, 'elbo'), { timeout: 20_000 }).toContain('80')
  })

  it('shows reconstructions and samples by epoch', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runTab('pictures')).click()
    await see(page, testIds.pictures)
    const pictures = page.getByTestId(testIds.pictures)
    const last = await pixelsOf(pictures)
    await dragSlider(page, page.getByTestId(testIds.pictureSlider), 0)
    await expect.poll(() => pixelsOf(pictures), { timeout: 20_000 }).not.toBe(last)
  })

  it('moving a latent slider changes the decoded picture, and reset brings it back', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
    const picture = page.getByTestId(testIds.decodedImage)
    await see(page, testIds.chart(testIds.latentMap))
    const before = await pixelsOf(picture)
    await dragSlider(page, page.getByTestId(testIds.latentSlider(0)), 0.95)
    await expect.poll(() => pixelsOf(picture), { timeout: 20_000 }).not.toBe(before)
    await page.getByTestId(testIds.latentReset).click()
    await expect.poll(() => pixelsOf(picture), { timeout: 20_000 }).toBe(before)
  })

  it('pause halts a run, resume lets it go on', async () => {
    const { page } = workbench
    await startRun(page, digits('to be paused', endless))
    await untilStatus(page, 'running')
    await see(page, testIds.chart('elbo'))
    await page.getByTestId(testIds.runPause).click()
    await untilStatus(page, 'paused')
    const said = await chartSays(page, 'elbo')
    await new Promise((wake) => setTimeout(wake, 1000))
    expect(await chartSays(page, 'elbo')).toBe(said)
    await page.getByTestId(testIds.runResume).click()
    await untilStatus(page, 'running')
    await expect.poll(() => chartSays(page, 'elbo'), { timeout: 20_000 }).not.toBe(said)
    await page.getByTestId(testIds.runCancel).click()
    await untilStatus(page, 'cancelled')
  })

  it.skipIf(process.platform === 'win32')(
    'a worker killed from outside: the run says that it failed and why, the application goes on',
    async () => {
      const { page, hostPid } = workbench
      const before = workersOf(hostPid)
      await startRun(page, digits('to be killed', endless))
      await untilStatus(page, 'running')
      const workers = workersOf(hostPid).filter((pid) => !before.includes(pid))
      expect(workers).toHaveLength(1)
      process.kill(workers[0]!, 'SIGKILL')
      await untilStatus(page, 'failed')
      expect(await textOf(page, testIds.runError)).toMatch(/ended unexpectedly.*SIGKILL/s)
      await startRun(page, digits('after the crash', 2))
      await untilStatus(page, 'completed')
    },
  )

  it('after closing and opening again every run is there, as it ended, and can be looked into', async () => {
    await workbench.close()
    workbench = await openWorkbench(home)
    const { page } = workbench
    await page.getByTestId(testIds.rail.runs).click()
    const rows = await textOf(page, testIds.runsTable)
    for (const name of ['to be stopped', 'digits in four', 'to be paused', 'to be killed', 'after the crash']) expect(rows).toContain(name)
    await page.getByTestId(testIds.runsTable).getByText('to be killed').click()
    await expect.poll(() => statusOf(page), { timeout: 20_000 }).toBe('failed')
    expect(await textOf(page, testIds.runError)).toContain('SIGKILL')
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).getByText('digits in four').click()
    await expect.poll(() => statusOf(page), { timeout: 20_000 }).toBe('completed')
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
  })
})
