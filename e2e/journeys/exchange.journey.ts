import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from '../workbench'
import { addBundled, see, startRun, textOf, untilStatus } from './steps'

const yaml = `name: geysers 间歇泉
dataset: faithful
model: {kind: gaussian-mixture, components: 2}
inference: {kind: em, restarts: 2}
seed: 1
`
/** What the page of a run says on every tab, and every chart of it in words; how long ago is no part of the run. */
async function runPage(page: Page): Promise<string[]> {
  const said: string[] = []
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click()
    await page.waitForTimeout(500)
    await expect.poll(() => page.locator('main .pulse').count()).toBe(0)
    const charts = await page.locator('main [role=img]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
    said.push(`${await tab.innerText()}: ${(await page.locator('main').innerText()).replaceAll(/just now|\d+ (min|h|d) ago/g, 'AGO')}`, ...charts)
  }
  return said
}

async function importPath(page: Page, path: string): Promise<void> {
  if (target === 'browser') {
    await page.getByTestId(testIds.exchangeFile).setInputFiles(path)
    return
  }
  await page.getByTestId(testIds.exchangePath).fill(path)
  await page.getByTestId(testIds.exchangeRead).click()
}

/** A run as the file store of MLflow has it. */
function mlflowRun(folder: string, metrics: Record<string, readonly string[]>): void {
  for (const inner of ['metrics', 'params', 'tags']) mkdirSync(join(folder, inner), { recursive: true })
  writeFileSync(join(folder, 'meta.yaml'), 'run_id: abc\nrun_name: nice-fox\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000001500\n')
  writeFileSync(join(folder, 'params', 'lr'), '0.1')
  for (const [name, lines] of Object.entries(metrics)) writeFileSync(join(folder, 'metrics', name), `${lines.join('\n')}\n`)
}

describe(`runs leave as one file and come back, in ${target}`, () => {
  const homes = [newHome(), newHome()]
  const work = mkdtempSync(join(tmpdir(), 'latent-exchange-'))
  const archive = join(work, 'one run 间歇泉.zip')
  let workbench: Workbench
  let before: string[] = []
  beforeAll(async () => {
    workbench = await openWorkbench(homes[0]!)
  })
  afterAll(async () => {
    await workbench.close()
    for (const home of homes) removeHome(home)
    rmSync(work, { recursive: true })
  })

  it('a ticked run is written to a file, and the page says what is in it', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    await startRun(page, yaml)
    await untilStatus(page, 'completed')
    before = await runPage(page)
    expect(before.length).toBeGreaterThan(2)
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).locator('input[type=checkbox]').nth(1).check()
    await page.getByTestId(testIds.runsExport).click()
    expect(await textOf(page, testIds.exchangeWhat)).toContain('geysers 间歇泉')
    await expect.poll(() => page.getByTestId(testIds.exchangeOut).inputValue()).toMatch(/latent-\d{4}-\d\d-\d\d(-\d+)?\.zip$/)
    await page.getByTestId(testIds.exchangeOut).fill(archive)
    await page.getByTestId(testIds.exchangeWrite).click()
    await see(page, testIds.exchangeWritten)
    expect(await textOf(page, testIds.exchangeWritten)).toMatch(/1 run, 1 dataset\./)
    expect(existsSync(archive)).toBe(true)
  })

  it('a file that is there is not written over', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.exchangeOut).fill(archive)
    await page.getByTestId(testIds.exchangeWrite).click()
    await see(page, testIds.exchangeWriteProblem)
    expect(await textOf(page, testIds.exchangeWriteProblem)).toContain(archive)
  })

  it('an empty workbench refuses a copy with one byte changed in one sentence, and takes in nothing', async () => {
    await workbench.close()
    workbench = await openWorkbench(homes[1]!)
    const { page } = workbench
    const bytes = readFileSync(archive)
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    writeFileSync(join(work, 'tampered.zip'), bytes)
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByRole('link', { name: 'Import runs' }).first().click()
    await importPath(page, join(work, 'tampered.zip'))
    await see(page, testIds.exchangeReadProblem)
    expect(await textOf(page, testIds.exchangeReadProblem)).toMatch(/tampered\.zip.*[Nn]othing was imported/)
    await page.getByTestId(testIds.rail.runs).click()
    expect(await page.getByTestId(testIds.runsTable).count()).toBe(0)
  })

  it('takes in the archive, and the page of the run is the same there', async () => {
    const { page } = workbench
    await page.getByRole('link', { name: 'Import runs' }).first().click()
    await importPath(page, archive)
    await see(page, testIds.exchangeTaken)
    expect(await textOf(page, testIds.exchangeTaken)).toMatch(/Added: 1 run, 1 dataset\./)
    await page.getByTestId(testIds.exchangeTaken).getByRole('link').first().click()
    await see(page, testIds.runTitle)
    expect(await runPage(page)).toEqual(before)
  })

  it('a second time nothing is added', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsImport).click()
    await importPath(page, archive)
    await expect.poll(() => textOf(page, testIds.exchangeTaken)).toMatch(/Added: nothing\. Here already: 1 run, 1 dataset\./)
  })

  it('runs of TensorBoard come in from a folder with their points, as finished runs that can be looked at', async () => {
    const { page } = workbench
    const logs = join(work, 'logs', 'exp-1')
    mkdirSync(logs, { recursive: true })
    copyFileSync(join(repository, 'src-main', 'services', 'fixture-events', 'tensorboardx.tfevents'), join(logs, 'events.out.tfevents.1'))
    await page.getByTestId(testIds.exchangePath).fill(join(work, 'logs'))
    await page.getByTestId(testIds.exchangeRead).click()
    await expect.poll(() => textOf(page, testIds.exchangeTaken)).toMatch(/Runs added: 1/)
    await page.getByTestId(testIds.exchangeTaken).getByRole('link', { name: 'exp-1' }).click()
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('curves')).click()
    const charts = (): Promise<string> => page.locator('main figure').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? '').join('\n'))
    await expect.poll(charts).toMatch(/train · loss: 1 →/)
  })

  it('runs of MLflow come in with their parameters and points', async () => {
    const { page } = workbench
    mlflowRun(join(work, 'mlruns', '0', 'abc'), { loss: Array.from({ length: 20 }, (_, step) => `17000000${String(step).padStart(2, '0')}000 ${2 ** -step} ${step}`) })
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsImport).click()
    await page.getByTestId(testIds.exchangePath).fill(join(work, 'mlruns'))
    await page.getByTestId(testIds.exchangeRead).click()
    await expect.poll(() => textOf(page, testIds.exchangeTaken)).toMatch(/Runs added: 1/)
    await page.getByTestId(testIds.exchangeTaken).getByRole('link', { name: 'nice-fox' }).click()
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runTab('curves')).click()
    await expect.poll(() => page.locator('main figure').first().getAttribute('aria-label')).toMatch(/loss/)
  })

  it('an import can be cancelled, and leaves nothing behind', async () => {
    const { page } = workbench
    const long = Array.from({ length: 1_000_000 }, (_, step) => `1700000000000 0.5 ${step}`)
    mlflowRun(join(work, 'long', '0', 'def'), { a: long, b: long })
    await page.getByTestId(testIds.rail.runs).click()
    const before = await page.getByTestId(testIds.runsTable).getByRole('link').count()
    await page.getByTestId(testIds.runsImport).click()
    await page.getByTestId(testIds.exchangePath).fill(join(work, 'long'))
    await page.getByTestId(testIds.exchangeRead).click()
    await page.getByTestId(testIds.exchangeReadCancel).click()
    await expect.poll(() => textOf(page, testIds.exchangeReadProblem), { timeout: 20_000 }).toMatch(/was cancelled; nothing of it was kept/)
    expect(await page.getByTestId(testIds.exchangeReadCancel).count()).toBe(0)
    await page.getByTestId(testIds.rail.runs).click()
    expect(await page.getByTestId(testIds.runsTable).getByRole('link').count()).toBe(before)
  })
})
