import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWithRunning, openWorkbench, removeHome, repository, target, type Workbench } from '../workbench'
import { chooseFile, see, startRun, textOf, untilStatus } from './steps'

const fixtures = join(repository, 'src-main', 'datasets', 'fixtures')

/** As the system does it when a file is let go over the window. */
async function dropFile(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop'): Promise<unknown> => session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
  await send('dragEnter')
  await send('dragOver')
  await page.getByText('Drop to import').waitFor()
  await send('dragOver')
  await send('drop')
  await see(page, testIds.importPreview)
  await session.detach()
}

async function lookAt(page: Page, path: string): Promise<void> {
  await page.getByTestId(testIds.rail.data).click()
  await page.getByTestId(testIds.dataImport).first().click()
  await page.getByTestId(testIds.importPath).fill(path)
  await page.getByTestId(testIds.importPath).press('Enter')
  await see(page, testIds.importPreview)
}

const enabled = (page: Page, id: string): Promise<void> => expect.poll(() => page.getByTestId(id).isEnabled(), { timeout: 20_000 }).toBe(true)

describe(`data in, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('a table in GBK, dropped on any page, is read in Chinese and fitted', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForURL(/#\/runs/)
    await dropFile(page, join(repository, 'e2e', 'fixtures', 'heights-gbk.csv'))
    await expect.poll(() => textOf(page, testIds.importSeen), { timeout: 20_000 }).toMatch(/身高[\s\S]*体重/)
    await page.getByTestId(testIds.importLabel).selectOption('类别')
    await enabled(page, testIds.importConfirm)
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    expect(await textOf(page, testIds.datasetPage)).toMatch(/女/)
    await startRun(page, 'dataset: heights-gbk\nmodel: {kind: gaussian-mixture, components: 2}\n')
    await untilStatus(page, 'completed')
    await page.getByText('身高').first().waitFor()
  })

  it('a folder of pictures shows what it holds, is cropped, and a VAE learns it', async () => {
    const { page } = workbench
    await lookAt(page, join(fixtures, 'pictures'))
    await see(page, testIds.importSizes)
    await page.getByTestId(testIds.importSide).fill('8')
    await page.getByTestId(testIds.importSide).press('Tab')
    await page.getByTestId(testIds.importGrey).check()
    await see(page, testIds.importPictures)
    await enabled(page, testIds.importConfirm)
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    await startRun(page, 'dataset: pictures\npreprocess: [scale]\nmodel: {kind: vae, latent: 2, encoder: {mlp: [8]}, decoder: {mlp: [8]}}\ninference: {kind: gradient, batchSize: 4, epochs: 2}\n')
    await untilStatus(page, 'completed')
  })

  it('of a file with several arrays, one is chosen, and another as its labels', async () => {
    const { page } = workbench
    await chooseFile(page, join(fixtures, 'arrays.npz'))
    await see(page, testIds.importMember)
    await page.getByTestId(testIds.importMember).selectOption('x')
    await see(page, testIds.importLabels)
    await page.getByTestId(testIds.importLabels).selectOption('y')
    await page.getByTestId(testIds.importMissing).selectOption('keep')
    await enabled(page, testIds.importConfirm)
    await page.getByTestId(testIds.importConfirm).click()
    await see(page, testIds.datasetPage)
    expect(await textOf(page, testIds.datasetPage)).toMatch(/label/i)
  })

  it('a large import that is cancelled leaves nothing', async () => {
    const { page } = workbench
    const path = join(home, 'long.csv')
    writeFileSync(path, `a,b,c\n${'1.25,2.5,3.75\n'.repeat(2_000_000)}`)
    const folders = (): string[] => readdirSync(join(home, 'datasets'))
    const before = folders()
    await lookAt(page, path)
    await page.getByTestId(testIds.importConfirm).click()
    await page.getByTestId(testIds.importCancel).click()
    await expect.poll(() => textOf(page, testIds.importProblem), { timeout: 20_000 }).toMatch(/cancelled/)
    expect(folders()).toEqual(before)
    expect(readdirSync(join(home, 'temporary'))).toEqual([])
    await page.getByTestId(testIds.rail.data).click()
    expect(await page.getByTestId(testIds.datasetRow('long')).count()).toBe(0)
  })

  it('generated data come with their truth, and are renamed, tagged and found again', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.data).click()
    await page.getByTestId(testIds.dataGenerate).click()
    await page.getByTestId(testIds.generateName).fill('three blobs')
    await page.getByTestId(testIds.generateMake).click()
    await see(page, testIds.datasetTruth)
    expect(await textOf(page, testIds.datasetTruth)).toMatch(/means[\s\S]*3 × 2/)
    await page.getByTestId(testIds.datasetEdit).click()
    await page.getByLabel('Tags').fill('toy, known')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByTestId(testIds.rail.data).click()
    await page.getByTestId(testIds.dataFilter).fill('known')
    await see(page, testIds.datasetRow('three blobs'))
    expect(await page.getByTestId(testIds.datasetRow('pictures')).count()).toBe(0)
  })

  it('the card of a dataset names its size, columns and runs, describes it, and refuses to remove what a run needs', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.data).click()
    await page.getByTestId(testIds.dataFilter).fill('')
    const card = page.getByTestId(testIds.datasetRow('heights-gbk'))
    await card.waitFor()
    expect(await card.innerText()).toMatch(/rows · 3 columns[\s\S]*SHA-256[\s\S]*身高, 体重[\s\S]*Runs that use it/)
    await page.getByTestId(testIds.cardEdit('heights-gbk')).click()
    await card.getByLabel('Description').fill('of a school')
    await card.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => card.innerText()).toMatch(/of a school/)
    await page.getByTestId(testIds.cardRemove('heights-gbk')).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('These runs need it').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).last().click()
    await card.waitFor()
  })
})

/** A browser has no command line. */
describe.runIf(target === 'electron')('files opened with the program', () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home, { opened: join(fixtures, 'rows.jsonl') })
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('a file on the command line is shown as it would be imported, and so is one that is opened while the window is there', async () => {
    const { page } = workbench
    await see(page, testIds.importPreview)
    expect(await page.getByTestId(testIds.importPath).inputValue()).toMatch(/rows\.jsonl$/)
    await openWithRunning(home, join(repository, 'e2e', 'fixtures', 'heights-gbk.csv'))
    await expect.poll(() => textOf(page, testIds.importSeen), { timeout: 20_000 }).toMatch(/身高[\s\S]*体重/)
  })
})
