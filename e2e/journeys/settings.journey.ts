import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { see } from './steps'

describe(`settings, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('tries the devices on demand, and says of each whether it works and why not', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.settings).click()
    await see(page, testIds.devicesTable)
    await page.getByTestId(testIds.devicesProbe).click()
    const cpu = page.getByTestId(testIds.deviceRow('onnx-cpu'))
    await page.locator(`[data-testid="${testIds.deviceRow('onnx-cpu')}"][data-state="passed"]`).waitFor()
    await page.getByTestId(testIds.devicesProbe).and(page.locator(':enabled')).waitFor({ timeout: 60_000 })
    expect(await cpu.textContent()).toMatch(/\d ms/)
    for (const row of await page.locator('[data-state="failed"], [data-state="absent"]').all()) expect((await row.textContent())!.length).toBeGreaterThan(60)
    expect(await page.locator('[data-state="unchecked"]').count()).toBe(0)
  })

  it('keeps what is set, refuses what makes no sense, and is the same after a reload', async () => {
    const { page } = workbench
    const runs = page.getByTestId(testIds.setting('parallelRuns'))
    await runs.fill('many')
    await runs.press('Tab')
    expect(await runs.getAttribute('aria-invalid')).toBe('true')
    await runs.fill('3')
    await runs.press('Tab')
    await page.getByTestId(testIds.setting('device')).selectOption('cpu')
    await page.reload()
    await see(page, testIds.devicesTable)
    await expect.poll(() => runs.inputValue()).toBe('3')
    expect(await page.getByTestId(testIds.setting('device')).inputValue()).toBe('cpu')
  })
})
