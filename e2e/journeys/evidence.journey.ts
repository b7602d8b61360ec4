import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, see, startRun, textOf, untilStatus } from './steps'

const values = async ({ page }: Workbench): Promise<number[]> =>
  (await page.getByTestId(testIds.evidenceValue).allInnerTexts()).map((text) => Number(text.replace('−', '-')))

describe(`the evidence lab, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
    await addBundled(workbench.page, 'iris')
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('shows naive Monte Carlo fall short of the exact figure, with the reasons in words', async () => {
    const { page } = workbench
    await startRun(page, 'dataset: iris\npreprocess: [standardize]\nmodel: {kind: ppca, latent: 2}\ninference: {kind: em}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.rail.evidence).click()
    await see(page, testIds.evidenceEstimator)
    const rows = page.getByTestId(testIds.evidenceRows)
    for (const estimator of ['exact', 'naive']) {
      await page.getByTestId(testIds.evidenceEstimator).selectOption(estimator)
      await rows.fill('0')
      await rows.press('Tab')
      if (estimator === 'naive') await page.getByTestId(testIds.evidenceSamples).fill('100')
      if (estimator === 'naive') await page.getByTestId(testIds.evidenceSamples).press('Tab')
      await page.getByTestId(testIds.evidenceStart).click()
      await expect.poll(async () => (await values(workbench)).length, { timeout: 60_000 }).toBe(estimator === 'exact' ? 1 : 2)
    }
    const [exact, naive] = await values(workbench)
    expect(exact).toBeCloseTo(-3.68625, 4)
    expect(naive! - exact!).toBeLessThan(-0.1)
    expect(naive! - exact!).toBeGreaterThan(-0.8)
    expect(await page.getByTestId(testIds.evidenceVerdict).last().innerText()).toMatch(/[Nn]ot to be trusted.*too heavy/s)
    expect(await chartSays(page, 'evidence-curves')).toMatch(/naive Monte Carlo.*exact −3\.68625/s)
    await page.screenshot({ path: `test-results/evidence-${target}-en.png`, fullPage: true })
  })

  it('ends an estimate that takes long when it is told to', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.evidenceSamples).fill('1000000')
    await page.getByTestId(testIds.evidenceSamples).press('Tab')
    await page.getByTestId(testIds.evidenceStart).click()
    await page.getByTestId(testIds.evidenceCancel).click()
    await expect.poll(() => textOf(page, testIds.evidenceTable), { timeout: 20_000 }).toMatch(/Stopped/)
  })

  it('keeps its answers, and says them in Chinese too', async () => {
    const { page } = workbench
    await page.reload()
    await see(page, testIds.evidenceTable)
    await expect.poll(async () => (await values(workbench)).length).toBe(2)
    await page.getByTestId(testIds.languageSwitch).click()
    expect(await page.getByTestId(testIds.evidenceVerdict).last().innerText()).toMatch(/不可信/)
    await page.screenshot({ path: `test-results/evidence-${target}-zh.png`, fullPage: true })
    await page.getByTestId(testIds.languageSwitch).click()
  })
})
