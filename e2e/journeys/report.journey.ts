import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, see, startRun, textOf, untilStatus } from './steps'

const yaml = (components: number, seed: number): string => `name: geysers in ${components}
dataset: faithful
model: {kind: gaussian-mixture, components: ${components}}
inference: {kind: em, restarts: 2}
seed: ${seed}
`
const pageText = (page: Page): Promise<string> => page.getByTestId(testIds.reportPage).locator('article').innerText()
/** Every change is settled, stored and drawn anew. */
const patience = { timeout: 20_000 }
const saved = (page: Page): Promise<void> => expect.poll(() => page.getByTestId(testIds.reportSaved).getAttribute('data-saved'), patience).toBe('true')

describe(`building a report, in ${target}`, () => {
  const home = newHome()
  const downloads = mkdtempSync(join(tmpdir(), 'latent-downloads-'))
  let workbench: Workbench
  let address = ''
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
    rmSync(downloads, { recursive: true })
  })

  it('begins with the runs that were ticked and the template that was chosen', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    for (const [components, seed] of [[2, 1], [3, 1]] as const) {
      await startRun(page, yaml(components, seed))
      await untilStatus(page, 'completed')
    }
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).locator('input[type=checkbox]').first().check()
    await page.getByTestId(testIds.runsReport).click()
    await page.getByTestId(testIds.reportTemplate('em')).click()
    await page.getByTestId(testIds.reportBegin).click()
    await see(page, testIds.reportPage)
    address = page.url()
    await expect.poll(() => pageText(page), patience).toMatch(/Run card[\s\S]*What differs[\s\S]*model\.components[\s\S]*Results[\s\S]*Methods[\s\S]*References/)
  })

  it('the preflight names what a reviewer would ask for', async () => {
    const { page } = workbench
    const told = await textOf(page, testIds.reportPreflight)
    expect(told).toMatch(/All runs have the one seed 1/)
    expect(told).toMatch(/No test rows were held out/)
  })

  it('text is Markdown with formulas, and HTML in it stays text', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.reportAdd).selectOption('text')
    await page.getByTestId(testIds.reportText).fill('## Why\n\n**Two** regimes: $\\log p(x) \\ge \\mathcal{L}$. <img src=x onerror=alert(1)>')
    const paper = page.getByTestId(testIds.reportPage)
    await expect.poll(() => pageText(page), patience).toContain('<img src=x onerror=alert(1)>')
    expect(await paper.locator('article math').count()).toBe(1)
    expect(await paper.locator('article strong').first().innerText()).toBe('Two')
    expect(await paper.locator('article img').count()).toBe(0)
  })

  it('blocks move by buttons and keys, and come and go', async () => {
    const { page } = workbench
    const kinds = (): Promise<(string | null)[]> => page.getByTestId(testIds.reportOutline).locator('.name').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['kind'] ?? null))
    const before = await kinds()
    const at = before.indexOf('text')
    await page.getByTestId(testIds.reportUp).click()
    expect((await kinds()).indexOf('text')).toBe(at - 1)
    await page.getByTestId(testIds.reportBlock(at - 1)).press('Alt+ArrowDown')
    expect(await kinds()).toEqual(before)
    await page.getByTestId(testIds.reportBlock(before.indexOf('environment'))).click()
    await page.getByTestId(testIds.reportRemoveBlock).click()
    await expect.poll(() => pageText(page), patience).not.toContain('onnxruntime-node')
    await saved(page)
  })

  it('a figure is live until it is frozen', async () => {
    const { page } = workbench
    const figure = page.getByTestId(testIds.reportOutline).locator('[data-kind=figure]').first()
    await figure.click()
    await page.getByTestId(testIds.reportFreeze).click()
    await expect.poll(() => pageText(page), patience).toMatch(/As it was on \d{4}-\d\d-\d\d/)
    await page.getByTestId(testIds.reportThaw).click()
    await expect.poll(() => pageText(page), patience).not.toMatch(/As it was on/)
    await saved(page)
  })

  it('the mean of runs over their seeds is a figure of its own', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.reportAdd).selectOption({ label: 'Mean over seeds' })
    await expect.poll(() => pageText(page), patience).toMatch(/train\/logLikelihood: mean of each group over its seeds/)
    await saved(page)
  })

  it('a chart of another screen comes along as the question it answers: live, until it is frozen', async () => {
    const { page } = workbench
    const figures = page.getByTestId(testIds.reportOutline).locator('[data-kind=figure]')
    const before = await figures.count()
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).getByRole('link', { name: 'geysers in 3' }).click()
    await page.getByTestId(testIds.runTab('curves')).click()
    await page.getByTestId(testIds.chartPin).first().click()
    await page.getByTestId(testIds.railReports).click()
    await page.getByTestId(testIds.reportList).getByRole('link').first().click()
    await see(page, testIds.reportPage)
    expect(page.url()).toBe(address)
    await expect.poll(() => figures.count(), patience).toBe(before + 1)
    const drawn = page.getByTestId(testIds.reportPage).locator('section').last()
    await expect.poll(() => drawn.locator('svg').count(), patience).toBe(1)
    expect(await drawn.innerText()).toMatch(/train\/logLikelihood/)
    await figures.last().click()
    await page.getByTestId(testIds.reportFreeze).click()
    await expect.poll(() => drawn.innerText(), patience).toMatch(/As it was on/)
    await saved(page)
  })

  it('leaves as one HTML file without an outside address, in the language of the report', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.reportTitle).fill('两种模式 / study: 1')
    await page.getByTestId(testIds.reportLanguage).selectOption('zh')
    await expect.poll(() => pageText(page), patience).toMatch(/运行卡片[\s\S]*方法/)
    await saved(page)
    if (target === 'electron') return
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testIds.reportExport('html')).click()])
    expect(download.suggestedFilename()).toBe('两种模式 - study- 1.html')
    const path = join(downloads, 'report.html')
    await download.saveAs(path)
    const html = readFileSync(path, 'utf8')
    expect(html).toContain('id="latent-manifest"')
    expect(html).not.toMatch(/(src|href)="(?!data:|#)/)
  })
})
