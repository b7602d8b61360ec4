import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { chooseFile, see, textOf, untilStatus } from './steps'

describe(`first steps, in ${target}`, () => {
  const home = newHome()
  const files = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
    removeHome(files)
  })

  it('an empty home offers a guided run that ends in a fitted mixture', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.guidedMixture).click()
    await see(page, testIds.runTitle)
    await untilStatus(page, 'completed')
    await see(page, testIds.iterationSlider)
  })

  it.each([
    ['ragged.csv', 'x,y\n1,2\n3,4\n5\n6,7\n', /(row|line) 4/i],
    ['words.csv', `x,y\n${Array.from({ length: 60 }, (_, row) => `${row},${row}`).join('\n')}\n60,sixty\n`, /sixty/],
    ['empty.csv', '', /empty/],
  ])('%s is refused in one sentence that says where, and nothing is stored', async (name, content, sentence) => {
    const { page } = workbench
    writeFileSync(join(files, name), content)
    await chooseFile(page, join(files, name))
    await expect.poll(() => textOf(page, testIds.importProblem), { timeout: 20_000 }).toMatch(sentence)
    const confirm = page.getByTestId(testIds.importConfirm)
    expect((await confirm.count()) === 0 || (await confirm.isDisabled())).toBe(true)
    await page.getByTestId(testIds.rail.data).click()
    await see(page, testIds.datasetRow('faithful'))
    expect(await page.getByTestId(testIds.datasetRow(name.replace('.csv', ''))).count()).toBe(0)
  })

  it('a specification that cannot run says why before it is started', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.newRun).click()
    await page
      .getByTestId(testIds.newRunYaml)
      .fill('dataset: faithful\nmodel: {kind: gaussian-mixture, components: 500}\ninference: {kind: em}\n')
    await expect.poll(() => textOf(page, testIds.newRunIssues), { timeout: 20_000 }).toMatch(/272 rows.*500 components/)
    expect(await page.getByTestId(testIds.newRunStart).isDisabled()).toBe(true)
  })

  it('switches to Chinese and back while it runs', async () => {
    const { page } = workbench
    const rail = page.getByTestId(testIds.rail.data)
    const english = await rail.innerText()
    await page.getByTestId(testIds.languageSwitch).click()
    await expect.poll(() => rail.innerText()).toMatch(/数据/)
    await page.getByTestId(testIds.languageSwitch).click()
    await expect.poll(() => rail.innerText()).toBe(english)
  })
})
