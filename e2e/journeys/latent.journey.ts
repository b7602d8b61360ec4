import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright'
import { testIds } from '../../src-renderer/test-ids'
import { newHome, openWorkbench, removeHome, target, type Workbench } from '../workbench'
import { addBundled, chartSays, pixelsOf, see, startRun, textOf, untilStatus } from './steps'

const digits = (latent: number): string => `name: digits in ${latent}
dataset: digits
preprocess: [scale]
model: {kind: vae, latent: ${latent}, encoder: {mlp: [64]}, decoder: {mlp: [64]}, likelihood: bernoulli}
inference: {kind: gradient, batchSize: 64, epochs: 12}
`

/** Milliseconds from a slider's move to another decoded picture on the canvas, many times. */
const sliderTimes = (page: Page, slider: string, picture: string): Promise<number[]> =>
  page.evaluate(
    async ([sliderId, pictureId]) => {
      const find = <T>(id: string): T => document.querySelector(`[data-testid="${id}"]`) as T
      const input = find<HTMLInputElement>(sliderId!)
      const canvas = find<HTMLCanvasElement>(pictureId!)
      const seen = (): string => canvas.toDataURL()
      const times: number[] = []
      for (let position = -24; position <= 24; position += 3) {
        const before = seen()
        const began = performance.now()
        input.value = String(position)
        input.dispatchEvent(new Event('input', { bubbles: true }))
        while (performance.now() - began < 5000 && seen() === before) await new Promise(requestAnimationFrame)
        times.push(performance.now() - began)
      }
      return times
    },
    [slider, picture],
  )

/** What a picture of the sheets holds that a button saves: how large it is, and of how many frames. */
const savedPicture = (page: Page, button: string): Promise<{ type: string; width: number; height: number; frames: number }> =>
  page.evaluate(`(async () => {
    const make = URL.createObjectURL
    const made = new Promise((found) => { URL.createObjectURL = (blob) => { found(blob); return make.call(URL, blob) } })
    document.querySelector('[data-testid="${button}"]').click()
    const blob = await made
    URL.createObjectURL = make
    const decoder = new ImageDecoder({ type: blob.type, data: await blob.arrayBuffer() })
    await decoder.tracks.ready
    await decoder.completed
    const { image } = await decoder.decode()
    const size = { width: image.displayWidth, height: image.displayHeight }
    image.close()
    return { type: blob.type, ...size, frames: decoder.tracks.selectedTrack.frameCount }
  })()`)

/** A place of the map, as a share of its width and height. */
async function placeOf(page: Page, across: number, down: number): Promise<[number, number]> {
  const box = await page.getByTestId(testIds.chart(testIds.latentMap)).locator('canvas').last().boundingBox()
  if (!box) throw new Error('the map is not on the screen')
  return [box.x + across * box.width, box.y + down * box.height]
}

/** The usual move takes at most 50 ms, however busy the machine is beside it. */
async function decodesAtOnce(page: Page): Promise<void> {
  const times = (await sliderTimes(page, testIds.latentSlider(0), testIds.decodedImage)).sort((a, b) => a - b)
  const median = times[times.length >> 1]!
  console.log(`slider to picture, ${target}: median ${median.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(1)} ms of ${times.length}`)
  expect(median).toBeLessThanOrEqual(50)
}

describe(`the latent lab, in ${target}`, () => {
  const home = newHome()
  let workbench: Workbench
  beforeAll(async () => {
    workbench = await openWorkbench(home)
  })
  afterAll(async () => {
    await workbench.close()
    removeHome(home)
  })
  const strip = (): ReturnType<Page['locator']> => workbench.page.getByTestId(testIds.latentStrip).locator('visible=true').first()

  it('opens from the page of a trained run', async () => {
    const { page } = workbench
    await addBundled(page, 'digits')
    for (const latent of [2, 3]) {
      await startRun(page, digits(latent))
      await untilStatus(page, 'completed')
    }
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
  })

  it('decodes within 50 ms of a slider’s move; a locked dimension stays', async () => {
    const { page } = workbench
    await decodesAtOnce(page)
    const value = await page.getByTestId(testIds.latentSlider(0)).inputValue()
    await page.getByTestId(testIds.latentLock(0)).click()
    await page.getByTestId(testIds.latentReset).click()
    await expect.poll(() => page.getByTestId(testIds.latentSlider(1)).inputValue()).toBe('0')
    expect(await page.getByTestId(testIds.latentSlider(0)).inputValue()).toBe(value)
    await page.getByTestId(testIds.latentLock(0)).click()
    await page.getByTestId(testIds.latentFilm(0)).click()
    await see(page, testIds.latentFilmstrip)
  })

  it('shows the row under the pointer, loads it on a click, decodes along a drag, and counts what a line encloses', async () => {
    const { page } = workbench
    expect(await chartSays(page, testIds.latentMap)).toMatch(/1797 rows/)
    const map = page.getByTestId(testIds.chart(testIds.latentMap))
    const plain = await pixelsOf(map)
    for (let step = 0; step < 40 && (await page.getByTestId(testIds.latentCard).count()) === 0; step += 1) {
      await page.mouse.move(...(await placeOf(page, 0.3 + 0.01 * step, 0.5)))
      await page.waitForTimeout(60)
    }
    await see(page, testIds.latentCard)
    await page.getByTestId(testIds.latentMode('decode')).click()
    const before = await pixelsOf(page.getByTestId(testIds.decodedImage))
    await page.mouse.move(...(await placeOf(page, 0.2, 0.3)))
    await page.mouse.down()
    await page.mouse.move(...(await placeOf(page, 0.8, 0.7)), { steps: 6 })
    await page.mouse.up()
    await expect.poll(() => pixelsOf(page.getByTestId(testIds.decodedImage))).not.toBe(before)
    await page.getByTestId(testIds.latentMode('lasso')).click()
    await page.mouse.move(...(await placeOf(page, 0.02, 0.02)))
    await page.mouse.down()
    for (const [across, down] of [[0.98, 0.02], [0.98, 0.98], [0.02, 0.98]] as const) await page.mouse.move(...(await placeOf(page, across, down)), { steps: 4 })
    await page.mouse.up()
    await see(page, testIds.latentSelection)
    expect(await textOf(page, testIds.latentSelection)).toMatch(/17\d\d of 1797 rows/)
    await page.getByTestId(testIds.latentMode('move')).click()
    await page.getByTestId(testIds.latentColour).selectOption('error')
    await expect.poll(() => pixelsOf(map)).not.toBe(plain)
    await page.getByTestId(testIds.latentColour).selectOption('label')
    await page.getByTestId(testIds.latentGrid).check()
  })

  it('interpolates, does arithmetic, finds directions and neighbours, and sheets every dimension', async () => {
    const { page } = workbench
    const slot = async (name: string, value: number): Promise<void> => {
      await page.getByTestId(testIds.latentSlider(1)).fill(String(value))
      await page.getByTestId(testIds.latentSlot(name)).click()
    }
    await page.getByTestId(testIds.latentTab('interpolation')).click()
    await slot('A', -25)
    await slot('B', 25)
    await strip().waitFor()
    const straight = await pixelsOf(strip())
    await page.getByTestId(testIds.latentWay).selectOption('spherical')
    await expect.poll(() => pixelsOf(strip())).not.toBe(straight)
    await page.getByTestId(testIds.latentPlay).click()
    await expect.poll(() => page.getByTestId(testIds.latentSlider(1)).inputValue()).not.toBe('25')
    await page.getByTestId(testIds.latentPlay).click()
    await page.getByTestId(testIds.latentTab('arithmetic')).click()
    await slot('C', 0)
    await page.getByTestId(testIds.latentGoThere).click()
    await page.getByTestId(testIds.latentTab('attributes')).click()
    await page.getByTestId(testIds.latentAttribute).selectOption('3')
    await strip().waitFor()
    await page.getByTestId(testIds.latentTab('neighbours')).click()
    for (const kind of ['z', 'x']) await see(page, testIds.latentNeighbours(kind))
    await page.getByTestId(testIds.latentTab('traversals')).click()
    await strip().waitFor()
    await see(page, testIds.latentSaveGif)
    // three dimensions of thirteen steps, pictures of 8×8 eight times as large with a line between them; the film goes there and back
    const download = page.waitForEvent('download', { timeout: 10_000 }).catch(() => null)
    expect(await savedPicture(page, testIds.latentSavePng)).toEqual({ type: 'image/png', width: 8 * (13 * 9 - 1), height: 8 * (3 * 9 - 1), frames: 1 })
    if (target === 'browser') expect((await download)?.suggestedFilename()).toBe('traversals.png')
    expect(await savedPicture(page, testIds.latentSaveGif)).toEqual({ type: 'image/gif', width: 8 * (2 * 9 - 1), height: 8 * (2 * 9 - 1), frames: 24 })
    await page.screenshot({ path: `test-results/latent-${target}-en.png`, fullPage: true })
  })

  it('draws UMAP on demand, and lays another run of the same rows beside it', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.latentGrid).uncheck()
    await page.getByTestId(testIds.latentUmap).click()
    await see(page, testIds.latentUmapCancel)
    await page.getByTestId(testIds.latentUmapCancel).click()
    await expect.poll(() => page.getByTestId(testIds.latentUmap).count()).toBe(1)
    await page.getByTestId(testIds.latentBeside).selectOption({ index: 1 })
    await see(page, testIds.chart('latent-map-beside'))
    const beside = page.getByTestId(testIds.chart('latent-map-beside'))
    const plain = await pixelsOf(beside)
    expect(await textOf(page, testIds.latentDisparity)).toMatch(/\d\.\d %/)
    await page.getByTestId(testIds.latentAlign).check()
    await expect.poll(() => pixelsOf(beside)).not.toBe(plain)
  })

  it('probes the codes, and says it all in Chinese', async () => {
    const { page } = workbench
    await page.getByTestId(testIds.latentTab('probes')).click()
    await page.getByTestId(testIds.latentProbeKind).selectOption('ridge')
    await page.getByTestId(testIds.latentProbeStart).click()
    await page.getByTestId(testIds.latentProbeTable).waitFor({ timeout: 60_000 })
    expect(await textOf(page, testIds.latentProbeTable)).toMatch(/R².*principal components/s)
    await page.getByTestId(testIds.languageSwitch).click()
    expect(await textOf(page, testIds.latentProbeTable)).toMatch(/主成分/)
    await page.screenshot({ path: `test-results/latent-${target}-zh.png`, fullPage: true })
    await page.getByTestId(testIds.languageSwitch).click()
  })

  it('decodes pictures of 28×28 within 50 ms of a slider’s move, too', async () => {
    const { page } = workbench
    await addBundled(page, 'fashion-mnist')
    await startRun(page, 'dataset: fashion-mnist\npreprocess: [scale]\nmodel: {kind: vae, latent: 20, encoder: {mlp: [512]}, decoder: {mlp: [512]}, likelihood: bernoulli}\ninference: {kind: gradient, batchSize: 128, epochs: 2}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.runOpenLatent).click()
    await see(page, testIds.decodedImage)
    expect(await page.getByTestId(testIds.decodedImage).evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBe(28)
    await decodesAtOnce(page)
  })

  it('maps the rows of a mixture with its components', async () => {
    const { page } = workbench
    await startRun(page, 'name: three geysers\ndataset: faithful\nmodel: {kind: gaussian-mixture, components: 3}\ninference: {kind: em, restarts: 2}\n')
    await untilStatus(page, 'completed')
    await page.getByTestId(testIds.rail.latent).click()
    await page.getByTestId(testIds.runsTable).getByRole('link', { name: 'three geysers', exact: true }).click()
    await see(page, testIds.chart(testIds.latentMap))
    expect(await chartSays(page, testIds.latentMap)).toMatch(/272 rows, eruptions against waiting/)
  })
})
