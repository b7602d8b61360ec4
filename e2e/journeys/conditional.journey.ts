import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, pixelsOf, see, startRun, untilStatus } from './steps'

const spec = (model: string): string => `dataset: digits
split: {train: 0.8, test: 0.2}
preprocess: [scale]
model: {${model}, encoder: {mlp: [32]}, decoder: {mlp: [32]}}
inference: {kind: gradient, batchSize: 64, epochs: 10}
`

describe(`relatives of the VAE, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('a VAE that is told the class shows samples by class, and another class changes what a code is decoded to', async () => {
    const { page } = workbench
    await addBundled(page, 'digits')
    await startRun(page, spec('kind: vae, latent: 4, condition: labels'))
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('pictures')).click()
    await expect.poll(() => page.getByTestId(testIds.pictures).innerText(), { timeout: 20_000 }).toContain('0 · 1 · 2 · 3 · 4 · 5 · 6 · 7 · 8 · 9')
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
    const picture = page.getByTestId(testIds.decodedImage)
    const chosen = page.getByTestId(testIds.latentCondition)
    await chosen.selectOption({ label: '1' })
    const one = await pixelsOf(picture)
    await chosen.selectOption({ label: '0' })
    await expect.poll(() => pixelsOf(picture), { timeout: 20_000 }).not.toBe(one)
  })

  it.each([
    ['a ladder', 'kind: vae, latent: 4, hierarchy: {ladder: {above: [2]}}', 'layerKl[1]'],
    ['a codebook', 'kind: vq-vae, variables: 4, entries: 16', 'codePerplexity'],
  ])('%s has its own curves', async (_, model, chart) => {
    const { page } = workbench
    await startRun(page, spec(model))
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('curves')).click()
    await see(page, testIds.chart(chart))
  })
})
