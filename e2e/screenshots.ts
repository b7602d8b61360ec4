import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { testIds } from '../src-renderer/test-ids'
import { addBundled, chooseFile, dragSlider, see, startRun, untilStatus } from './journeys/steps'
import { newHome, openWorkbench, removeHome, repository, type Workbench } from './workbench'

/** Photographs every screen in both languages and themes into docs/screenshots, where git ignores all but the few the README shows. */
const folder = join(repository, 'docs', 'screenshots')
const looks = [
  { language: 'en', locale: 'en-US', colorScheme: 'light' },
  { language: 'en', locale: 'en-US', colorScheme: 'dark' },
  { language: 'zh', locale: 'zh-CN', colorScheme: 'light' },
  { language: 'zh', locale: 'zh-CN', colorScheme: 'dark' },
] as const

const vae = `name: digits in eight
dataset: digits
split: {train: 0.8, test: 0.2}
preprocess: [scale, {binarize: stochastic}]
model: {kind: vae, latent: 8, encoder: {mlp: [64, 128]}, decoder: {mlp: [128, 64]}, likelihood: bernoulli}
inference: {kind: gradient, batchSize: 64, epochs: 40}
`

async function openDataset(page: Page, name: string): Promise<void> {
  await page.getByTestId(testIds.datasetRow(name)).getByRole('link').first().click()
  await see(page, testIds.datasetPage)
}

const settled = (page: Page): Promise<void> => page.waitForTimeout(700)

describe.each(looks)('$language, $colorScheme', ({ language, locale, colorScheme }) => {
  const home = newHome()
  let workbench: Workbench
  const shoot = async (name: string, fullPage = true): Promise<void> => {
    await settled(workbench.page)
    await workbench.page.screenshot({ path: join(folder, `${name}-${language}-${colorScheme}.png`), fullPage })
  }
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    workbench = await openWorkbench(home, { locale, colorScheme })
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('empty home and data', async () => {
    const { page } = workbench
    await see(page, testIds.guidedMixture)
    await shoot('home-empty')
    await page.getByTestId(testIds.rail.data).click()
    await see(page, testIds.galleryAdd('iris'))
    await shoot('data-empty')
  })

  it('import, with and without a problem', async () => {
    const { page } = workbench
    await chooseFile(page, join(repository, 'resources', 'datasets', 'iris.csv'))
    await see(page, testIds.importPreview)
    await shoot('import')
    await page.getByTestId(testIds.importPath).fill(join(home, 'nothing.csv'))
    await page.getByTestId(testIds.importPath).press('Enter')
    await see(page, testIds.importProblem)
    await shoot('import-problem')
  })

  it('a mixture', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.home).click()
    await page.getByTestId(testIds.guidedMixture).click()
    await untilStatus(page, 'completed')
    await see(page, testIds.iterationSlider)
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 0.6)
    await shoot('mixture')
    await shoot('mixture-window', false)
    for (const tab of ['curves', 'details']) {
      await page.getByTestId(testIds.runTab(tab)).click()
      await shoot(`mixture-${tab}`)
    }
  })

  it('what is filled in, and a posterior by expectation propagation', async () => {
    const { page } = workbench
    await chooseFile(page, join(repository, 'resources', 'datasets', 'airquality.csv'))
    await page.getByTestId(testIds.importMissing).selectOption('keep')
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    await startRun(page, 'name: gaps\ndataset: airquality\nmodel: {kind: gaussian-mixture, components: 2}\ninference: {kind: em, restarts: 3}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('filling')).click()
    await see(page, testIds.fillingTable)
    await shoot('filling')
    await addBundled(page, 'digits')
    await startRun(page, 'name: halves\ndataset: digits\npreprocess: [scale]\nmodel: {kind: ppca, latent: 10}\ninference: {kind: closed-form}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('hiding')).click()
    await see(page, testIds.hidingScore)
    await shoot('hiding')
    await startRun(page, 'name: clutter\ndataset: faithful\npreprocess: [standardize]\nmodel: {kind: clutter}\ninference: {kind: expectation-propagation}\n')
    await untilStatus(page, 'completed')
    await see(page, testIds.posteriorView)
    await shoot('posterior')
  })

  it('a VAE', async () => {
    const { page } = workbench
    await addBundled(page, 'iris')
    await openDataset(page, 'digits')
    await shoot('dataset-images')
    await page.getByTestId(testIds.rail.newRun).click()
    await see(page, testIds.newRunYaml)
    await shoot('new-run')
    await startRun(page, vae)
    await untilStatus(page, 'running')
    await shoot('vae-running')
    await untilStatus(page, 'completed')
    for (const tab of ['curves', 'pictures']) {
      await page.getByTestId(testIds.runTab(tab)).click()
      await shoot(`vae-${tab}`)
    }
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
    await see(page, testIds.chart(testIds.latentMap))
    await shoot('latent')
    await shoot('latent-window', false)
  })

  it('lists', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.data).click()
    await see(page, testIds.datasetRow('iris'))
    await shoot('data')
    await openDataset(page, 'iris')
    await shoot('dataset-table')
    await page.getByTestId(testIds.rail.runs).click()
    await see(page, testIds.runsTable)
    await shoot('runs')
    await page.getByTestId(testIds.rail.latent).click()
    await shoot('latent-choice')
    await page.getByTestId(testIds.rail.home).click()
    await shoot('home')
    await page.getByTestId(testIds.rail.settings).click()
    await see(page, testIds.devicesTable)
    await shoot('settings')
    await page.getByTestId(testIds.rail.home).click()
    await page.keyboard.press('Control+k')
    await see(page, testIds.paletteInput)
    await shoot('palette', false)
    await page.keyboard.press('Escape')
  })

  it('reports, and what leaves and comes in', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    for (const components of [2, 3]) {
      await startRun(page, `name: geysers in ${components}\ndataset: faithful\nmodel: {kind: gaussian-mixture, components: ${components}}\ninference: {kind: em, restarts: 2}\n`)
      await untilStatus(page, 'completed')
    }
    await page.getByTestId(testIds.rail.runs).click()
    for (const row of [1, 2]) await page.getByTestId(testIds.runsTable).locator('input[type=checkbox]').nth(row).check()
    await page.getByTestId(testIds.runsReport).click()
    await see(page, testIds.reportBegin)
    await shoot('report-new')
    await page.getByTestId(testIds.reportTemplate('em')).click()
    await page.getByTestId(testIds.reportBegin).click()
    await page.getByTestId(testIds.reportPage).locator('svg').first().waitFor()
    await shoot('report')
    await page.getByTestId(testIds.reportAdd).selectOption('text')
    await see(page, testIds.reportText)
    await shoot('report-text', false)
    await page.getByTestId(testIds.reportOutline).locator('[data-kind=figure]').first().click()
    await shoot('report-figure', false)
    await page.getByTestId(testIds.railReports).click()
    await see(page, testIds.reportList)
    await shoot('reports')
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsExport).click()
    await see(page, testIds.exchangeWhat)
    await page.getByTestId(testIds.exchangeOut).fill(join(home, 'two runs.zip'))
    await page.getByTestId(testIds.exchangeWrite).click()
    await see(page, testIds.exchangeWritten)
    await page.getByTestId(testIds.exchangePath).fill(join(repository, 'src-main', 'services', 'fixture-events', 'tensorboardx.tfevents'))
    await page.getByTestId(testIds.exchangeRead).click()
    await see(page, testIds.exchangeTaken)
    await shoot('exchange')
    await page.getByTestId(testIds.exchangeTaken).getByRole('link').first().click()
    await see(page, testIds.runTitle)
    await shoot('imported-run')
  })
})
