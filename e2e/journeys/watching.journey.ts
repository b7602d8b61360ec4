import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from '../workbench'
import { addBundled, chartSays, chooseFile, dragSlider, inChinese, pixelsOf, pressStart, see, startRun, textOf, untilStatus } from './steps'

describe(`EM that can be watched, and gaps that are filled, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('the bound touches the log-likelihood of faithful at θ(t), and its top moves on with every M-step', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.home).click()
    await page.getByTestId(testIds.guidedMixture).click()
    await untilStatus(page, 'completed')
    const says = (): Promise<string> => chartSays(page, testIds.boundCurve)
    await expect.poll(says, { timeout: 20_000 }).toMatch(/come to rest/)
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 0)
    await expect.poll(says, { timeout: 20_000 }).toMatch(/E-step of iteration 0 makes the bound touch log p at −4\.\d+/)
    const [first, picture] = [await says(), await pixelsOf(page.getByTestId(testIds.chart(testIds.boundCurve)))]
    // The M-step goes to the top of the same bound; the E-step after it makes a new one.
    await page.getByTestId(testIds.halfStepOn).click()
    await expect.poll(() => textOf(page, testIds.iterationLabel), { timeout: 20_000 }).toMatch(/M-step/)
    expect(await says()).toBe(first)
    await page.getByTestId(testIds.halfStepOn).click()
    await expect.poll(says, { timeout: 20_000 }).toMatch(/E-step of iteration 1 /)
    await page.getByTestId(testIds.boundDirection).selectOption('mean')
    await expect.poll(() => pixelsOf(page.getByTestId(testIds.chart(testIds.boundCurve))), { timeout: 20_000 }).not.toBe(picture)
    await inChinese(page, async () => expect.poll(says).toMatch(/第 1 次迭代的 E 步使下界在 −4\.\d+ 处触及 log p/))
  })

  it('airquality: says what to click about gaps, then fills them in with what the mixture expects', async () => {
    const { page } = workbench
    await chooseFile(page, join(repository, 'resources', 'datasets', 'airquality.csv'))
    await see(page, testIds.importPreview)
    expect(await textOf(page, testIds.importProblem)).toMatch(/Choose under “Rows with missing values”/)
    await page.getByTestId(testIds.importMissing).selectOption('keep')
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    await page.getByTestId(testIds.datasetFit).click()
    await page.getByTestId(testIds.field('model.components')).fill('1')
    await page.getByTestId(testIds.field('model.components')).press('Tab')
    await pressStart(page)
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('filling')).click()
    await see(page, testIds.fillingTable)
    expect(await textOf(page, testIds.fillingView)).toMatch(/42 of 153 rows lack 44 entries/)
    // Row 4 (counted from 0) lacks Ozone and Solar.R; the rest of it was observed.
    expect(await textOf(page, testIds.fillingTable)).toMatch(/\b4\s+imputed\s+\S+ ± \S+\s+imputed\s+\S+ ± \S+\s+14\.3\s+56\b/)
    expect(await chartSays(page, testIds.fillingChart)).toMatch(/42 rows with imputed values of Ozone or Solar\.R among 111 complete ones/)
    const download = page.waitForEvent('download', { timeout: 10_000 }).catch(() => null)
    await page.getByTestId(testIds.fillingExport('entries')).click()
    if (target === 'browser') expect((await download)?.suggestedFilename()).toMatch(/imputed\.csv$/)
    await inChinese(page, async () => {
      await expect.poll(() => textOf(page, testIds.fillingView)).toMatch(/153 行中有 42 行共缺 44 个值/)
      expect(await textOf(page, testIds.fillingTable)).toMatch(/\b4\s+填补\s+\S+ ± \S+\s+填补\s+\S+ ± \S+\s+14\.3\s+56\b/)
      expect(await chartSays(page, testIds.fillingChart)).toMatch(/111 个完整行之外，有 42 行的 Ozone 或 Solar\.R 为填补值/)
    })
  })

  it('completes the hidden half of digits better than their mean does', async () => {
    const { page } = workbench
    await addBundled(page, 'digits')
    await startRun(page, 'name: ten factors\ndataset: digits\npreprocess: [scale]\nmodel: {kind: ppca, latent: 10}\ninference: {kind: closed-form}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('hiding')).click()
    await see(page, testIds.hidingScore)
    const completed = page.getByTestId(testIds.hidingPictures('completed'))
    const below = await pixelsOf(completed)
    await page.getByTestId(testIds.hidingPart).selectOption('right')
    await expect.poll(() => pixelsOf(completed), { timeout: 20_000 }).not.toBe(below)
    const [, error, means] = /error is ([\d.]+); .* it is ([\d.]+)\./.exec(await textOf(page, testIds.hidingScore)) ?? []
    expect(Number(error)).toBeLessThan(Number(means))
  })

  it('shows a posterior by expectation propagation beside the exact one', async () => {
    const { page } = workbench
    const yaml = 'name: clutter\ndataset: faithful\npreprocess: [standardize]\nmodel: {kind: clutter}\ninference: {kind: expectation-propagation}\n'
    await startRun(page, yaml)
    await untilStatus(page, 'completed')
    await see(page, testIds.posteriorView)
    const [, mean, deviation, exact] = /eruptions: (\S+) ± (\S+) by expectation propagation; exact (\S+) ±/.exec(await chartSays(page, testIds.posteriorMarginal)) ?? []
    const number = (text: string | undefined): number => Number(text?.replace('−', '-'))
    expect(Math.abs(number(mean) - number(exact))).toBeLessThan(0.2 * number(deviation))
    expect(await textOf(page, testIds.posteriorReport)).toMatch(/Converged after \d+ sweeps with damping/)
    expect(await chartSays(page, testIds.posteriorSites)).toMatch(/272 sites/)
  })
})
