import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, inChinese, see, statusOf, textOf, untilStatus } from './steps'

const selectionStatus = (page: Page): Promise<string | null> => page.getByTestId(testIds.selectStatus).getAttribute('data-status')
const untilSelected = (page: Page, status: string): Promise<void> =>
  expect.poll(() => selectionStatus(page), { timeout: 120_000, message: `the selection is ${status}` }).toBe(status)
const setNumber = async (page: Page, id: string, value: number): Promise<void> => {
  await page.getByTestId(id).fill(String(value))
  await page.getByTestId(id).press('Tab')
}

describe(`model selection, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
    await addBundled(workbench.page, 'faithful')
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('fits a grid of models, shows it growing, and BIC picks three tied components', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.select).click()
    await setNumber(page, testIds.selectTo, 4)
    await page.getByTestId(testIds.selectStart).click()
    await see(page, testIds.selectProgress)
    await untilSelected(page, 'completed')
    expect(await textOf(page, testIds.selectBest)).toMatch(/EEE with K = 3: −2314\.296/)
    expect(await chartSays(page, 'selection-map')).toMatch(/56 cells; best EEE 3/)
    await page.getByTestId(testIds.selectCriterion).selectOption('icl')
    expect(await chartSays(page, 'selection-map')).not.toMatch(/best EEE 3/)
    await page.getByTestId(testIds.selectCriterion).selectOption('bic')
    await inChinese(page, async () => {
      await expect.poll(() => textOf(page, testIds.selectBest)).toMatch(/按 BIC 最优.*EEE，K = 3：−2314\.296/s)
      expect(await chartSays(page, 'selection-map')).toMatch(/56 个单元；最优 EEE 3/)
      await page.getByTestId(testIds.selectCriterion).selectOption('icl')
      await expect.poll(() => textOf(page, testIds.selectBest)).toMatch(/按 ICL 最优/)
      await page.getByTestId(testIds.selectCriterion).selectOption('bic')
    })
  })

  it('the keyboard turns the map into a table', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.chart('selection-map')).press('t')
    expect(await textOf(page, testIds.chartTable)).toMatch(/VEV/)
    await page.getByTestId(testIds.chart('selection-map')).press('t')
  })

  it('a cell becomes a run, and the same run when it is opened again', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.selectOpenBest).click()
    await see(page, testIds.runTitle)
    await untilStatus(page, 'completed')
    const address = page.url()
    await page.goBack()
    await page.getByTestId(testIds.selectOpenBest).click()
    await see(page, testIds.runTitle)
    expect(page.url().split('?')[0]).toBe(address.split('?')[0])
    expect(await statusOf(page)).toBe('completed')
  })

  it('a selection can be cancelled and goes on with what is missing, also after a restart', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.select).click()
    await setNumber(page, testIds.selectTo, 5)
    await page.getByTestId(testIds.selectStart).click()
    await see(page, testIds.selectProgress)
    await see(page, testIds.selectCells)
    await page.getByTestId(testIds.selectCancel).click()
    await untilSelected(page, 'cancelled')
    const address = page.url().split('#')[1]!
    await workbench.close()
    workbench = await openWorkbench(home)
    const again = workbench.page
    await again.getByTestId(testIds.rail.select).click()
    await again.getByTestId(testIds.selectList).locator(`a[href$="${address}"]`).click()
    await see(again, testIds.selectCells)
    await again.getByTestId(testIds.selectResume).click()
    await untilSelected(again, 'completed')
    expect(await chartSays(again, 'selection-map')).toMatch(/70 cells/)
  })

  it('tests the number of components, and gives the parameters of a run standard errors', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.select).click()
    await page.getByTestId(testIds.selectKind('ratio-test')).click()
    await setNumber(page, testIds.selectTo, 1)
    await setNumber(page, testIds.selectReplicates, 19)
    await page.getByTestId(testIds.selectStart).click()
    await untilSelected(page, 'completed')
    expect(await textOf(page, testIds.selectCells)).toMatch(/319\.06/)
    await see(page, testIds.chart('ratio-1'))

    await page.getByTestId(testIds.rail.select).click()
    await page.getByTestId(testIds.selectKind('bootstrap')).click()
    await setNumber(page, testIds.selectReplicates, 50)
    await page.getByTestId(testIds.selectStart).click()
    await untilSelected(page, 'completed')
    expect(await textOf(page, testIds.selectCells)).toMatch(/means\[0\]\[0\]/)
  })
})
