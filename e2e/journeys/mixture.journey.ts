import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, repository, target, type Workbench } from '../workbench'
import { dragSlider, importFile, pixelsOf, pressStart, see, statusOf, textOf, untilStatus } from './steps'

describe(`a mixture, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('imports a CSV, fits it with what the form proposes, and shows parameters and responsibilities', async () => {
    const { page } = workbench
    await importFile(page, join(repository, 'resources', 'datasets', 'faithful.csv'))
    await page.getByTestId(testIds.datasetFit).click()
    await pressStart(page)
    await untilStatus(page, 'completed')
    await see(page, testIds.iterationSlider)
    expect(await textOf(page, testIds.parametersTable)).toMatch(/eruptions/)
    await see(page, testIds.restartsTable)
  })

  it('dragging the iteration slider moves the ellipses back to the start and to the end again', async () => {
    const { page } = workbench
    const slider = page.getByTestId(testIds.iterationSlider)
    const scatter = page.getByTestId(testIds.chart(testIds.mixtureScatter))
    const iteration = async (): Promise<number> => Number(/\d+/.exec(await textOf(page, testIds.iterationLabel))?.[0])
    const last = await iteration()
    const atEnd = await pixelsOf(scatter)
    await dragSlider(page, slider, 0)
    await expect.poll(iteration, { timeout: 20_000 }).toBe(0)
    await expect.poll(() => pixelsOf(scatter), { timeout: 20_000 }).not.toBe(atEnd)
    const atStart = await pixelsOf(scatter)
    await dragSlider(page, slider, 1)
    await expect.poll(iteration, { timeout: 20_000 }).toBe(last)
    await expect.poll(() => pixelsOf(scatter), { timeout: 20_000 }).toBe(atEnd)
    expect(atStart).not.toBe(atEnd)
  })

  it('the arrow keys move the slider too, one iteration at a time', async () => {
    const { page } = workbench
    const before = await textOf(page, testIds.iterationLabel)
    await page.getByTestId(testIds.iterationSlider).press('ArrowLeft')
    await expect.poll(() => textOf(page, testIds.iterationLabel), { timeout: 20_000 }).not.toBe(before)
  })

  it('after closing and opening again everything is there', async () => {
    const title = await textOf(workbench.page, testIds.runTitle)
    await workbench.close()
    workbench = await openWorkbench(home)
    const { page } = workbench
    await page.getByTestId(testIds.rail.data).click()
    await see(page, testIds.datasetRow('faithful'))
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).getByText(title).first().click()
    await expect.poll(() => statusOf(page), { timeout: 20_000 }).toBe('completed')
    await see(page, testIds.iterationSlider)
    await page.getByTestId(testIds.runTab('curves')).click()
    await see(page, testIds.chart('bound'))
  })
})
