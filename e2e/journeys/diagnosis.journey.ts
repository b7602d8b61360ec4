import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, see, startRun, textOf, untilStatus } from './steps'

const digits = (model: string): string => `dataset: digits
preprocess: [scale, {binarize: {threshold: 0.5}}]
model: ${model}
inference: {kind: gradient, batchSize: 128, epochs: 4}
`

describe(`the diagnosis page, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
    await addBundled(workbench.page, 'digits')
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })
  const fill = async (key: string, value: number): Promise<void> => {
    const field = workbench.page.getByTestId(testIds.diagnosisField(key))
    await field.fill(String(value))
    await field.press('Tab')
  }
  const ask = async (kind: string): Promise<void> => {
    await workbench.page.getByTestId(testIds.diagnosisKind(kind)).click()
    await see(workbench.page, testIds.diagnosisStart)
  }
  const shoot = async (name: string): Promise<void> => {
    const { page } = workbench
    for (const language of ['en', 'zh']) {
      await page.screenshot({ path: `test-results/diagnosis-${name}-${target}-${language}.png`, fullPage: true })
      await page.getByTestId(testIds.languageSwitch).click()
    }
  }

  it('shows which gradient estimators are biased and how much each scatters', async () => {
    const { page } = workbench
    await startRun(page, digits('{kind: categorical-vae, variables: 4, categories: 2, encoder: {mlp: [16]}, decoder: {mlp: []}}'))
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.rail.diagnosis).click()
    await ask('estimators')
    await fill('replicates', 1000)
    await page.getByTestId(testIds.diagnosisStart).click()
    await see(page, testIds.chart('estimator-bench'))
    expect(await chartSays(page, 'estimator-bench')).toMatch(/REINFORCE: variance .*Gumbel-softmax τ = 1 \(biased\)/s)
    expect(await textOf(page, testIds.diagnosisVerdict)).toMatch(/mean of .*Gumbel-softmax τ = 1.* is not the gradient/)
    await shoot('estimators')
  })

  it('shows the gaps of a VAE row by row, a question can be cancelled, and answers are kept', async () => {
    const { page } = workbench
    await startRun(page, digits('{kind: vae, latent: 2, encoder: {mlp: [8]}, decoder: {mlp: [16]}}'))
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.rail.diagnosis).click()
    await ask('gaps')
    await fill('rows', 0)
    await page.getByTestId(testIds.diagnosisStart).click()
    await page.getByTestId(testIds.diagnosisCancel).click()
    await expect.poll(() => textOf(page, testIds.diagnosisAnswer), { timeout: 20_000 }).toMatch(/Stopped/)
    await fill('rows', 30)
    await fill('refineSteps', 50)
    await page.getByTestId(testIds.diagnosisStart).click()
    await see(page, testIds.gapFigures)
    expect(await chartSays(page, 'gap-amortization')).toMatch(/30 rows: mean/)
    await shoot('gaps')
    await page.reload()
    await see(page, testIds.gapFigures)
  })

  it('scores a VAE by the classes of its rows', async () => {
    const { page } = workbench
    await ask('disentangle')
    await page.getByTestId(testIds.diagnosisStart).click()
    await see(page, testIds.disentanglingScores)
    expect(await textOf(page, testIds.disentanglingScores)).toMatch(/MIG\s+0\.\d{3}/)
    await shoot('disentangle')
  })
})
