import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { figure } from '../../src-renderer/i18n/format'
import { testIds } from '../../src-renderer/test-ids'
import { generatedRuns, generateStore } from '../generated-store'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { chartSays, see, textOf } from './steps'

const size = { runs: 200, common: 6, rare: 200, withPoints: 12, metrics: 1, points: 80 }

describe(`the table of runs, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    generateStore(home, size)
    workbench = await openWorkbench(home)
    await workbench.page.getByTestId(testIds.rail.runs).click()
    // the page before has a table of runs too
    await see(workbench.page, testIds.runsHeader)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })
  const newest = generatedRuns(size).toReversed()
  const row = (index: number) => workbench.page.getByTestId(testIds.runRow(newest[index]!.id))
  const header = (words: RegExp): Promise<void> => expect.poll(() => textOf(workbench.page, testIds.runsHeader)).toMatch(words)
  const query = (text: string): Promise<void> => workbench.page.getByTestId(testIds.runsQuery).fill(text)

  it('is walked by the keyboard: J and K, X ticks, E renames, Enter opens, A puts into the archive and Ctrl-Z takes out again', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runsTable).focus()
    for (const key of ['j', 'j', 'k', 'x', 'j', 'j', 'x']) await page.keyboard.press(key)
    expect(await Promise.all([0, 1, 2].map((index) => row(index).getAttribute('aria-selected')))).toEqual(['true', 'false', 'true'])
    await page.keyboard.press('a')
    await expect.poll(() => textOf(page, testIds.undoBar)).toMatch(/2 runs put into the archive/)
    await header(/^198 runs · 2 in the archive/)
    await page.keyboard.press('Control+z')
    await header(/^200 runs$/)

    await page.keyboard.press('k')
    await page.keyboard.press('e')
    await page.keyboard.type('renamed by hand')
    await page.keyboard.press('Enter')
    await expect.poll(() => row(1).innerText()).toMatch(/renamed by hand/)
    await page.getByTestId(testIds.runsTable).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => textOf(page, testIds.runTitle)).toMatch(/renamed by hand/)
    await page.goBack()
    await see(page, testIds.runsTable)
    await page.keyboard.press('/')
    await page.keyboard.type('renamed')
    await header(/^1 of 200 runs/)
    await page.keyboard.press('Escape')
    await query('')
  })

  it('takes tags and notes where they stand, and keeps them', async () => {
    const { page } = workbench
    const cell = (index: number, hint: string) => row(index).locator(`[title$="${hint}"]`)
    // columns on the right are in the document only when they are in sight
    const toTheRight = (): Promise<unknown> => page.getByTestId(testIds.runsTable).evaluate((node) => (node.scrollLeft = node.scrollWidth))
    await toTheRight()
    await cell(3, 'Double click to edit the tags').dblclick()
    await page.keyboard.type('paper, 论文')
    await page.keyboard.press('Enter')
    await expect.poll(() => row(3).locator('.chip').allInnerTexts()).toEqual(['paper', '论文'])
    await cell(3, 'Double click to edit the notes').dblclick()
    await page.keyboard.type('forgotten')
    await page.keyboard.press('Escape')
    await cell(3, 'Double click to edit the notes').dblclick()
    await page.keyboard.type('looks odd at the end')
    await page.keyboard.press('Enter')
    await page.reload()
    await see(page, testIds.runsTable)
    await toTheRight()
    await expect.poll(() => row(3).innerText()).toMatch(/论文[\s\S]*looks odd at the end/)
    expect(await row(3).innerText()).not.toMatch(/forgotten/)
  })

  it('completes a query as it is typed, and shows the place where one cannot be read', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runsQuery).pressSequentially('model.k')
    await expect.poll(() => textOf(page, testIds.runsCompletion)).toMatch(/model\.kind/)
    await page.keyboard.press('Tab')
    await page.keyboard.type('= va')
    await expect.poll(() => textOf(page, testIds.runsCompletion)).toMatch(/^vae/)
    await page.keyboard.press('Tab')
    await page.keyboard.type('and made/metric3 > 50')
    const vaes = newest.filter(({ spec, metrics }) => spec.model.kind === 'vae' && metrics['made/metric3']! > 50)
    await header(new RegExp(`^${vaes.length} of 200 runs`))
    await query('model.kind = vae and made/metirc3 > 50')
    await expect.poll(() => textOf(page, testIds.runsQueryProblem)).toMatch(/made\/metric3/)
    expect(await page.getByTestId(testIds.runsQueryProblem).locator('mark').innerText()).toBe('made/metirc3')
    // the last that could be read stays in force
    await header(new RegExp(`${vaes.length}.* of 200`))
    await query('tag:论文 or (status = failed and not model = hmm)')
    await header(/^5 of 200 runs/)
    await query('')
  })

  it('has a column for every metric and field, hides those that are the same in all, and remembers a view by its name', async () => {
    const { page } = workbench
    const columns = (): Promise<string | null> => page.getByTestId(testIds.runsTable).getAttribute('aria-colcount')
    const before = Number(await columns())
    await page.getByTestId(testIds.runsColumns).click()
    await page.getByTestId(testIds.runsColumnSearch).fill('made')
    await page.getByTestId(testIds.runsColumnsAll).click()
    await page.getByTestId(testIds.runsColumns).click()
    await header(/1 columns hidden, as they are the same/)
    expect(Number(await columns())).toBe(before + size.common + size.rare)
    await page.getByTestId(testIds.runsTable).evaluate((node) => (node.scrollLeft = 1100))
    const byMetric = page.getByTestId(testIds.runsColumn('metric:made/metric2'))
    await byMetric.click()
    await expect.poll(() => byMetric.getAttribute('aria-sort')).toBe('descending')
    const [highest] = newest.toSorted((left, right) => right.metrics['made/metric2']! - left.metrics['made/metric2']!)
    expect(await page.locator('[role=row][aria-rowindex="2"]').getAttribute('data-testid')).toBe(testIds.runRow(highest!.id))
    await query('model.kind = vae')
    await header(/^100 of 200/)
    await page.getByTestId(testIds.runsViews).click()
    await page.getByTestId(testIds.runsViewName).fill('我的视图')
    await page.keyboard.press('Enter')
    await see(page, testIds.runsView('我的视图'))

    await page.reload()
    await header(/^200 runs/)
    await page.getByTestId(testIds.runsViews).click()
    await page.getByTestId(testIds.runsView('我的视图')).click()
    // a hundred of the rare metrics belong to runs that the query leaves out
    await header(/^100 of 200.*101 columns hidden/)
    expect(await page.getByTestId(testIds.runsQuery).inputValue()).toBe('model.kind = vae')
    expect(Number(await columns())).toBe(before + size.common + size.rare - 100)
    const best = newest.filter(({ spec }) => spec.model.kind === 'vae').toSorted((left, right) => right.metrics['made/metric2']! - left.metrics['made/metric2']!)[0]!
    await expect.poll(() => page.locator('[role=row][aria-rowindex="2"]').getAttribute('data-testid')).toBe(testIds.runRow(best.id))
    await query('')
  })

  it('means and intervals of groups are those of all their runs', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.runsGroupBy).selectOption('all-except-seed')
    await header(/^40 groups of 200 runs/)
    await page.getByTestId(testIds.runGroups).evaluate((node) => (node.scrollLeft = 0))
    const values = newest.filter(({ name }) => name === newest[10]!.name).map(({ metrics }) => metrics['made/metric1']!)
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1))
    // Student's t with 4 degrees of freedom at 97.5 %
    const half = (2.7764451052 * deviation) / Math.sqrt(5)
    await expect.poll(() => textOf(page, testIds.runGroups)).toContain(`${figure(mean, 6)} ± ${figure(half, 3)} ${values.length}`)
    await page.getByTestId(testIds.runsGroupBy).selectOption('none')
  })

  it('moves runs to the archive and the trash, shows each by itself, and deletes only after asking', async () => {
    const { page } = workbench
    await query('tag:kept')
    await header(/^10 of 200/)
    await page.getByTestId(testIds.runsTable).locator('[role=columnheader] input').check()
    await page.getByTestId(testIds.runsRemove).click()
    await expect.poll(() => textOf(page, testIds.undoBar)).toMatch(/10 runs/)
    await query('')
    await header(/^190 runs · .*10 in the trash/)
    await page.getByTestId(testIds.runsShelf('trash')).click()
    await header(/^10 runs/)
    await page.getByTestId(testIds.runsTable).locator('[role=row] input').nth(1).check()
    await page.getByTestId(testIds.runsRestore).click()
    await header(/^9 runs/)
    await page.getByTestId(testIds.runsTable).locator('[role=columnheader] input').check()
    await page.getByTestId(testIds.runsRemove).click()
    await page.getByRole('dialog').getByRole('button').last().click()
    await expect.poll(() => page.locator('main').innerText()).toMatch(/trash is empty/i)
    await page.getByTestId(testIds.runsShelf('current')).click()
    await header(/^191 runs/)
  })

  it('sends what is ticked to the comparison, with its curves', async () => {
    const { page } = workbench
    await query('created >= "2026-01-01T03:08"')
    await header(new RegExp(`^\\d+ of 191`))
    await page.getByTestId(testIds.runsTable).focus()
    for (const key of ['j', 'x', 'j', 'x', 'j', 'x', 'c']) await page.keyboard.press(key)
    await see(page, testIds.compareMeans)
    await page.getByTestId(testIds.compareMetric).selectOption('made/metric0')
    await expect.poll(() => chartSays(page, 'compare-curves')).toMatch(/3 curves in/)
  })
})
