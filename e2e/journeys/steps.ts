import type { Locator, Page } from 'playwright'
import { expect } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { target } from '../workbench'

/** What a user does and sees, in the words of the screens. */
const minute = 60_000

export const see = (page: Page, id: string): Promise<void> => page.getByTestId(id).first().waitFor()
export const textOf = (page: Page, id: string): Promise<string> => page.getByTestId(id).first().innerText()

/** A browser uploads the file; a window of Electron reads its path. */
export async function chooseFile(page: Page, path: string): Promise<void> {
  await page.getByTestId(testIds.rail.data).click()
  await page.getByTestId(testIds.dataImport).first().click()
  if (target === 'browser') {
    await page.getByTestId(testIds.importFile).setInputFiles(path)
    return
  }
  await page.getByTestId(testIds.importPath).fill(path)
  await page.getByTestId(testIds.importPath).press('Enter')
}

export async function importFile(page: Page, path: string): Promise<void> {
  await chooseFile(page, path)
  await see(page, testIds.importPreview)
  await page.getByTestId(testIds.importConfirm).click()
  await see(page, testIds.datasetPage)
}

export async function addBundled(page: Page, name: string): Promise<void> {
  await page.getByTestId(testIds.rail.data).click()
  await page.getByTestId(testIds.galleryAdd(name)).click()
  await see(page, testIds.datasetRow(name))
}

/** Starts a run by the specification text beside the form. */
export async function startRun(page: Page, yaml: string): Promise<void> {
  await page.getByTestId(testIds.rail.newRun).click()
  await page.getByTestId(testIds.newRunYaml).fill(yaml)
  await pressStart(page)
}

export async function pressStart(page: Page): Promise<void> {
  const start = page.getByTestId(testIds.newRunStart)
  await expect.poll(() => start.isEnabled(), { timeout: 20_000, message: 'the specification is accepted' }).toBe(true)
  await start.click()
  await see(page, testIds.runTitle)
}

export const statusOf = (page: Page): Promise<string | null> => page.getByTestId(testIds.runStatus).getAttribute('data-status')
export const untilStatus = (page: Page, status: string): Promise<void> =>
  expect.poll(() => statusOf(page), { timeout: 2 * minute, message: `the run is ${status}` }).toBe(status)

/** What is to be seen of the same screen in Chinese; the language is English again afterwards. */
export async function inChinese(page: Page, look: () => Promise<void>): Promise<void> {
  await page.getByTestId(testIds.languageSwitch).click()
  await look()
  await page.getByTestId(testIds.languageSwitch).click()
}

/** What a chart says of itself to those who cannot see it. */
export const chartSays = async (page: Page, name: string): Promise<string> =>
  (await page.getByTestId(testIds.chart(name)).getAttribute('aria-label')) ?? ''

/** The pixels of the first canvas in (or at) an element. */
export const pixelsOf = (element: Locator): Promise<string> =>
  element.evaluate((node) => {
    const canvas = node instanceof HTMLCanvasElement ? node : node.querySelector('canvas')
    if (!canvas) throw new Error('there is no canvas')
    return canvas.toDataURL()
  })

/** Takes the handle of a slider where it is and drags it to a fraction of the way, step by step. */
export async function dragSlider(page: Page, slider: Locator, to: number): Promise<void> {
  await slider.scrollIntoViewIfNeeded()
  const box = await slider.boundingBox()
  if (!box) throw new Error('the slider is not on the screen')
  const at = await slider.evaluate((node) => {
    const { value, min, max } = node as HTMLInputElement
    return (Number(value) - Number(min)) / (Number(max) - Number(min))
  })
  const handle = 16
  const x = (fraction: number): number => box.x + handle / 2 + fraction * (box.width - handle)
  const y = box.y + box.height / 2
  await page.mouse.move(x(at), y)
  await page.mouse.down()
  await page.mouse.move(x(to), y, { steps: 12 })
  await page.mouse.up()
}
