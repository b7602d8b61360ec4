import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, see, startRun, textOf, untilStatus } from './steps'

const yaml = (components: number, seed: number): string => `dataset: faithful
split: {train: 0.7, validation: 0.3}
model: {kind: gaussian-mixture, components: ${components}}
inference: {kind: em, restarts: 1}
seed: ${seed}
`

describe(`comparing runs, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })

  it('begins in the list of runs: tick some and press C', async () => {
    const { page } = workbench
    await addBundled(page, 'faithful')
    for (const components of [2, 3]) {
      for (const seed of [1, 2, 3]) {
        await startRun(page, yaml(components, seed))
        await untilStatus(page, 'completed')
      }
    }
    await page.getByTestId(testIds.rail.compare).click()
    await expect.poll(() => page.locator('main').innerText()).toMatch(/at least two runs/)
    await page.getByTestId(testIds.rail.runs).click()
    await page.getByTestId(testIds.runsTable).locator('input[type=checkbox]').first().check()
    await see(page, testIds.runsCompare)
    await page.keyboard.press('c')
    await see(page, testIds.compareMeans)
    await expect.poll(() => page.locator('main').innerText()).toMatch(/6 runs in 2 groups/)
  })

  it('the list groups them by everything except the seed, with mean and interval over all of them', async () => {
    const { page } = workbench
    await page.goBack()
    await page.getByTestId(testIds.runsGroupBy).selectOption('all-except-seed')
    await expect.poll(() => textOf(page, testIds.runGroups)).toMatch(/components=3[\s\S]*−4\.05635 ± [\d.e−]+\s+3\s[\s\S]*components=2[\s\S]*−4\.13946 ± [\d.e−]+\s+3\b/)
    await page.getByTestId(testIds.runsGroupBy).selectOption('fields')
    await page.getByTestId(testIds.runsGroupFields).fill('dataset')
    await page.getByTestId(testIds.runsGroupFields).press('Enter')
    await expect.poll(() => textOf(page, testIds.runGroups)).toMatch(/dataset=faithful[\s\S]*\s6\s/)
    // what was ticked in the list is ticked still
    const box = page.getByTestId(testIds.runGroups).locator('input[type=checkbox]').first()
    expect(await box.isChecked()).toBe(true)
    await box.uncheck()
    await box.check()
    await page.keyboard.press('c')
    await see(page, testIds.compareMeans)
  })

  it('shows curves, what differs, means over seeds, and tests in words with what cannot be concluded', async () => {
    const { page } = workbench
    expect(await chartSays(page, 'compare-curves')).toMatch(/6 curves in 2 groups/)
    expect(await textOf(page, testIds.compareDiff)).toMatch(/model\.components\s+3\s+2/)
    expect(await textOf(page, testIds.compareMeans)).toMatch(/components=3[\s\S]*best[\s\S]*components=2/)
    const tests = await textOf(page, testIds.compareTests)
    expect(tests).toMatch(/Wilcoxon signed-rank, paired by seed\s+3\s/)
    expect(tests).toMatch(/not shown to differ \(p = 0\.2500\)/)
    expect(tests).toMatch(/Only 3 shared seeds: this test cannot give a p-value below 0\.25/)
    expect(await textOf(page, testIds.compareWins)).toMatch(/3 \/ 3/)
  })

  it('by another metric the other group is the better one, in the address too; the keyboard turns curves into numbers', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.compareMetric).selectOption('validation/logLikelihood')
    await expect.poll(() => textOf(page, testIds.compareMeans)).toMatch(/components=3[\s\S]*components=2[\s\S]*best/)
    expect(page.url()).toContain('metric=validation')
    await page.getByTestId(testIds.chart('compare-parallel')).press('t')
    expect(await textOf(page, testIds.chartTable)).toMatch(/model\.components/)
  })

  it('speaks Chinese', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.languageSwitch).click()
    await expect.poll(() => textOf(page, testIds.compareTests)).toMatch(/Wilcoxon 符号秩检验（按种子配对）/)
    expect(await textOf(page, testIds.compareTests)).toMatch(/未显示出差异（p = 0\.2500）/)
  })
})
