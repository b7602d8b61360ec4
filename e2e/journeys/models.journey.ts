import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { chartSays, dragSlider, importFile, inChinese, pixelsOf, pressStart, see, startRun, textOf, untilStatus } from './steps'

const subjects = [
  ['star', 'planet', 'orbit', 'telescope'],
  ['recipe', 'oven', 'flour', 'sugar'],
  ['goal', 'team', 'match', 'referee'],
]

/** Sixty documents, twenty of each subject, with a word or two that stray in from another. */
function termTable(): string {
  const lines = Array.from({ length: 60 }, (_, document) => {
    const stray = (document * 7) % 12
    return subjects.flatMap((words, subject) =>
      words.map((_word, place) => (subject === document % 3 ? 3 + ((document + 2 * place) % 5) : Number(subject * 4 + place === stray))),
    )
  })
  return `${subjects.flat().join(',')}\n${lines.map((line) => line.join(',')).join('\n')}\n`
}

describe(`what is inside models, in ${target}`, () => {
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

  it('decodes the states of earthquakes over time, from one click', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.guidedTry('states')).click()
    await untilStatus(page, 'completed')
    await see(page, testIds.statesView)
    // Viterbi's path through 107 years, with the best known rates
    expect(await chartSays(page, testIds.stateSeries)).toMatch(/107 steps, \d+ changes.*state 1: \d+, state 2: \d+, state 3: \d+/)
    for (const rate of ['13.134', '19.713', '29.709']) expect(await textOf(page, testIds.statesView)).toContain(rate)
    expect(await textOf(page, testIds.transitions)).toMatch(/0\.939/)
    await see(page, testIds.trellis)
    await inChinese(page, async () => {
      await expect.poll(() => chartSays(page, testIds.stateSeries)).toMatch(/107 步，最可能路径上状态变化 \d+ 次.*状态 1: \d+, 状态 2: \d+, 状态 3: \d+/)
      expect(await textOf(page, testIds.transitions)).toMatch(/从 → 到\s+状态 1/)
      for (const word of ['网格图', '转移概率', '平均停留', '13.134', '19.713', '29.709']) expect(await textOf(page, testIds.statesView)).toContain(word)
    })
  })

  it('Baum–Welch goes by hand too: the M-step moves rates, the E-step the trellis', async () => {
    const { page } = workbench
    const label = (): Promise<string> => textOf(page, testIds.iterationLabel)
    const trellis = (): Promise<string> => page.getByTestId(testIds.trellis).innerHTML()
    const end = await trellis()
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 0)
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 0 of \d+ · after the E-step/)
    expect(await textOf(page, testIds.statesView)).not.toContain('29.709')
    const nodes = async (): Promise<string> => (await trellis()).match(/ r="[\d.]+"/g)!.join()
    const [posteriors, rates] = [await nodes(), await textOf(page, testIds.statesView)]
    await page.getByTestId(testIds.halfStepOn).click()
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 1 of \d+ · after the M-step/)
    expect(await nodes()).toBe(posteriors)
    expect(await textOf(page, testIds.statesView)).not.toBe(rates)
    await page.getByTestId(testIds.halfStepOn).click()
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 1 of \d+ · after the E-step/)
    expect(await nodes()).not.toBe(posteriors)
    expect(await textOf(page, testIds.boundPicture)).toMatch(/the bound touches the log-likelihood/)
    await inChinese(page, async () => {
      await expect.poll(label).toMatch(/第 1 次迭代，共 \d+ 次 · E 步之后/)
      expect(await textOf(page, testIds.boundPicture)).toMatch(/E 步令责任度等于后验/)
    })
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 1)
    await expect.poll(trellis, { timeout: 20_000 }).toBe(end)
  })

  it('the numbers behind the decoded states are a table under key T', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.chart(testIds.stateSeries)).press('t')
    await see(page, testIds.chartTable)
    expect(await textOf(page, testIds.chartTable)).toMatch(/decoded state/)
    await page.getByTestId(testIds.chart(testIds.stateSeries)).press('t')
  })

  it('every restart is a curve, beside the optima they found', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.rail.home).click()
    await page.getByTestId(testIds.guidedMixture).click()
    await untilStatus(page, 'completed')
    await see(page, testIds.chart(testIds.restartBundle))
    const said = await chartSays(page, testIds.restartBundle)
    const [, starts, optima] = /found by (\d+) starts: (\d+)\./.exec(said) ?? []
    expect(Number(starts)).toBeGreaterThanOrEqual(20)
    expect(Number(optima)).toBeGreaterThanOrEqual(1)
    expect(said).toMatch(/−4\.09720/)
    expect(await textOf(page, testIds.convergenceRate)).toMatch(/0\.\d+.*%/)
  })

  it('EM goes by hand: the M-step moves ellipses and opens the gap, the E-step closes it', async () => {
    const { page } = workbench
    const scatter = page.getByTestId(testIds.chart(testIds.mixtureScatter))
    const label = (): Promise<string> => textOf(page, testIds.iterationLabel)
    const next = page.getByTestId(testIds.halfStepOn)
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 0)
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 0 .*E-step/)
    const pictures = [await pixelsOf(scatter)]
    await next.click()
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 1 .*M-step/)
    expect(await textOf(page, testIds.boundPicture)).not.toMatch(/KL = 0, the bound touches/)
    await expect.poll(() => pixelsOf(scatter), { timeout: 20_000 }).not.toBe(pictures[0])
    pictures.push(await pixelsOf(scatter))
    await next.click()
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 1 .*E-step/)
    await expect.poll(() => pixelsOf(scatter), { timeout: 20_000 }).not.toBe(pictures[1])
    expect(await textOf(page, testIds.boundPicture)).toMatch(/the bound touches the log-likelihood/)
    await page.getByTestId(testIds.halfStepBack).click()
    await expect.poll(label, { timeout: 20_000 }).toMatch(/Iteration 1 .*M-step/)
    await expect.poll(() => pixelsOf(scatter), { timeout: 20_000 }).toBe(pictures[1])
    await inChinese(page, async () => {
      await expect.poll(label).toMatch(/第 1 次迭代，共 \d+ 次 · M 步之后/)
      expect(await textOf(page, testIds.boundPicture)).toMatch(/M 步将下界提高 0\.\d+ 奈特\/行/)
      expect(await next.innerText()).toMatch(/^E 步 ›/)
      await next.click()
      await expect.poll(label, { timeout: 20_000 }).toMatch(/第 1 次迭代，共 \d+ 次 · E 步之后/)
      expect(await textOf(page, testIds.boundPicture)).toMatch(/KL = 0，下界在 −4\.\d+ 处触及对数似然/)
      expect(await chartSays(page, testIds.restartBundle)).toMatch(/\d+ 个起点到达 \d+ 个不同的最优解/)
    })
  })

  it('k-means stands beside the soft clusters that it is the limit of, as σ falls to 0', async () => {
    const { page } = workbench
    await startRun(page, 'name: limit\ndataset: faithful\npreprocess: [standardize]\nmodel: {kind: k-means, components: 3}\ninference: {kind: em, restarts: 2}\n')
    await untilStatus(page, 'completed')
    const picture = (name: string): Promise<string> => pixelsOf(page.getByTestId(testIds.chart(name)))
    await see(page, testIds.chart(testIds.softnessPicture))
    const [soft, hard] = [await picture(testIds.softnessPicture), await picture('softness-hard')]
    await dragSlider(page, page.getByTestId(testIds.softness), 0)
    await expect.poll(() => picture(testIds.softnessPicture), { timeout: 20_000 }).not.toBe(soft)
    await page.getByTestId(testIds.softness).press('Home')
    await expect.poll(() => page.getByTestId(testIds.softness).getAttribute('aria-valuetext'), { timeout: 20_000 }).toBe('σ = 0')
    expect(await picture('softness-hard')).toBe(hard)
    await expect.poll(() => picture(testIds.softnessPicture), { timeout: 20_000 }).toBe(hard)
    await inChinese(page, async () => expect.poll(() => page.getByText('σ → 0：每行属于最近的中心').count()).toBe(1))
  })

  it('finds the topics of a term table, chosen in the form', async () => {
    const { page } = workbench
    const path = join(files, 'terms.csv')
    writeFileSync(path, termTable())
    await importFile(page, path)
    await page.getByTestId(testIds.datasetFit).click()
    await page.getByTestId(testIds.newRunModel).selectOption('lda')
    await page.getByTestId(testIds.field('model.topics')).fill('3')
    await page.getByTestId(testIds.field('model.topics')).press('Tab')
    await pressStart(page)
    await untilStatus(page, 'completed')
    await see(page, testIds.topicsView)
    const found = await Promise.all(
      [0, 1, 2].map(async (topic) => {
        const text = await textOf(page, testIds.topic(topic))
        const order = subjects.flat().filter((word) => text.includes(word)).sort((left, right) => text.indexOf(left) - text.indexOf(right))
        return order.slice(0, 4).sort().join()
      }),
    )
    expect(found.sort()).toEqual(subjects.map((words) => [...words].sort().join()).sort())
    expect(await textOf(page, testIds.documents)).toMatch(/Topic \d \d+\.\d %/)
    await inChinese(page, async () => {
      await expect.poll(() => textOf(page, testIds.topic(0))).toMatch(/主题 1\s+权重 0\.3/)
      expect(await textOf(page, testIds.documents)).toMatch(/文档的主题构成\s+主要主题\s.*主题 \d \d+\.\d %/s)
    })
  })

  it('topics are mixed up where variational Bayes begins, and part on the way', async () => {
    const { page } = workbench
    const apart = await textOf(page, testIds.topic(0))
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 0)
    await expect.poll(() => textOf(page, testIds.iterationLabel), { timeout: 20_000 }).toMatch(/Iteration 0 /)
    const all = (await Promise.all([0, 1, 2].map((topic) => textOf(page, testIds.topic(topic))))).map((text) => subjects.flat().filter((word) => text.includes(word)).length)
    expect(all).toEqual([12, 12, 12])
    expect(await textOf(page, testIds.topic(0))).not.toBe(apart)
    await dragSlider(page, page.getByTestId(testIds.iterationSlider), 1)
    await expect.poll(() => textOf(page, testIds.topic(0)), { timeout: 20_000 }).toBe(apart)
  })
})
