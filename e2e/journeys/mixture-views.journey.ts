import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from '../workbench'
import { addBundled, chartSays, chooseFile, dragSlider, see, startRun, textOf, untilStatus } from './steps'

describe(`columns of several types, clusters and conditional densities, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('a column of names, once it is a feature, is imported as categories and fitted beside numbers', async () => {
    const { page } = workbench
    await chooseFile(page, join(repository, 'src-main', 'worker', 'fixture-mixed.csv'))
    await see(page, testIds.importPreview)
    const town = page.getByTestId(testIds.importRole('town'))
    expect(await town.inputValue()).toBe('ignore')
    await town.selectOption('feature')
    await expect.poll(() => town.inputValue(), { timeout: 20_000 }).toBe('feature')
    await expect.poll(() => textOf(page, testIds.importSeen), { timeout: 20_000 }).toMatch(/town/)
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    await expect.poll(() => textOf(page, testIds.datasetPage), { timeout: 20_000 }).toMatch(/\bb\b/)
    await startRun(page, 'dataset: fixture-mixed\nmodel: {kind: mixed-mixture, components: 2}\n')
    await untilStatus(page, 'completed')
    await see(page, testIds.featureTable)
    expect(await textOf(page, testIds.featureTable)).toMatch(/town/)
  })

  it('what is known moves the density of what is asked about', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runTab('conditional')).click()
    await see(page, testIds.conditionalView)
    await page.getByTestId(testIds.conditionalTarget).selectOption('height')
    await expect.poll(() => textOf(page, testIds.conditionalMoments), { timeout: 20_000 }).toMatch(/height/)
    const before = await textOf(page, testIds.conditionalMoments)
    await page.getByTestId(testIds.conditionalGiven('visits')).click()
    const slider = page.getByTestId(testIds.conditionalValue('visits'))
    await slider.waitFor()
    await dragSlider(page, slider, 0)
    await expect.poll(() => textOf(page, testIds.conditionalMoments), { timeout: 20_000 }).not.toBe(before)
    const few = await textOf(page, testIds.conditionalMoments)
    await dragSlider(page, slider, 1)
    await expect.poll(() => textOf(page, testIds.conditionalMoments), { timeout: 20_000 }).not.toBe(few)
    await page.getByTestId(testIds.conditionalSecond).selectOption('owner')
    await see(page, testIds.chart(testIds.conditionalPicture))
    await page.getByTestId(testIds.conditionalTarget).selectOption('town')
    await page.getByTestId(testIds.conditionalSecond).selectOption('')
    await expect.poll(() => page.getByTestId(testIds.conditionalPicture).count(), { timeout: 20_000 }).toBe(1)
    expect(await textOf(page, testIds.conditionalPicture)).toMatch(/0\.\d{3}/)
  })

  it('components are merged into clusters, and compared with those of another run', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    await startRun(page, 'name: two\ndataset: faithful\nmodel: {kind: gaussian-mixture, components: 2}\n')
    await untilStatus(page, 'completed')
    await startRun(page, 'name: three\ndataset: faithful\nmodel: {kind: gaussian-mixture, components: 3, covariance: EEE}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('clusters')).click()
    await see(page, testIds.mergeTree)
    expect(await textOf(page, testIds.clustersShown)).toMatch(/2/)
    await see(page, testIds.chart(testIds.clustersMap))
    const two = await chartSays(page, testIds.clustersMap)
    await page.getByTestId(testIds.clustersCount).press('ArrowRight')
    await expect.poll(() => chartSays(page, testIds.clustersMap), { timeout: 20_000 }).not.toBe(two)
    await page.getByTestId(testIds.alignedOther).selectOption({ label: 'two' })
    await expect.poll(() => textOf(page, testIds.alignedRuns), { timeout: 20_000 }).toMatch(/eruptions/i)
    await see(page, testIds.alignedRestarts)
  })
})
