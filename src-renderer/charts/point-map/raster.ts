import type { MapView } from './map-view'

/** A colour as a canvas holds it: red, green and blue, 0 … 255. */
export type Colour = readonly [number, number, number]

/** A disc of a radius in pixels: places of its pixels, and how much of each it covers, 0 … 256. */
function disc(radius: number): { dx: Int8Array; dy: Int8Array; cover: Uint16Array } {
  const reach = Math.ceil(radius)
  const pixels: [number, number, number][] = []
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y)))
      if (cover > 0.02) pixels.push([x, y, Math.round(cover * 256)])
    }
  }
  return { dx: Int8Array.from(pixels, ([x]) => x), dy: Int8Array.from(pixels, ([, y]) => y), cover: Uint16Array.from(pixels, ([, , cover]) => cover) }
}

/**
 * Draws points as discs over what is in an RGBA buffer, which may be transparent: each covers `opacity` of what lies below.
 *
 * @param paint    which colour of `palette` each point has; 255 draws nothing
 * @param order    which points, in the order they are drawn; all of them without it
 */
export function drawPoints(
  pixels: Uint8ClampedArray,
  view: MapView,
  points: { xs: ArrayLike<number>; ys: ArrayLike<number>; paint: Uint8Array; palette: readonly Colour[]; radius: number; opacity: number; order?: Uint32Array },
): void {
  const { xs, ys, paint, palette, radius, opacity, order } = points
  const { dx, dy, cover } = disc(radius)
  const { width, height } = view
  const across = width / (view.x1 - view.x0)
  const down = height / (view.y1 - view.y0)
  const reds = Float32Array.from(palette, ([red]) => red)
  const greens = Float32Array.from(palette, ([, green]) => green)
  const blues = Float32Array.from(palette, ([, , blue]) => blue)
  const reach = Math.ceil(radius)
  const count = order?.length ?? xs.length
  for (let at = 0; at < count; at += 1) {
    const point = order ? order[at]! : at
    const colour = paint[point]!
    if (colour === 255) continue
    const px = Math.round((xs[point]! - view.x0) * across)
    const py = Math.round((view.y1 - ys[point]!) * down)
    // absent coordinates are not numbers and fail this test, too
    if (!(px >= -reach && py >= -reach && px < width + reach && py < height + reach)) continue
    const red = reds[colour]!
    const green = greens[colour]!
    const blue = blues[colour]!
    for (let pixel = 0; pixel < dx.length; pixel += 1) {
      const x = px + dx[pixel]!
      const y = py + dy[pixel]!
      if (x < 0 || y < 0 || x >= width || y >= height) continue
      const to = (y * width + x) * 4
      const share = (opacity * cover[pixel]!) / 256
      const under = (pixels[to + 3]! / 255) * (1 - share)
      const alpha = share + under
      pixels[to] = (red * share + pixels[to]! * under) / alpha
      pixels[to + 1] = (green * share + pixels[to + 1]! * under) / alpha
      pixels[to + 2] = (blue * share + pixels[to + 2]! * under) / alpha
      pixels[to + 3] = alpha * 255
    }
  }
}

export const colourFromHex = (hex: string): Colour => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour

/** Levels of a scale from dark to bright whose lightness rises evenly, as colours: viridis, after Smith & van der Walt 2015, at nine places. */
const scaleStops = ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'].map(colourFromHex)
export function scaleColours(levels: number): Colour[] {
  return Array.from({ length: levels }, (_, level) => {
    const place = (level / Math.max(1, levels - 1)) * (scaleStops.length - 1)
    const [below, above] = [scaleStops[Math.floor(place)]!, scaleStops[Math.min(scaleStops.length - 1, Math.floor(place) + 1)]!]
    const share = place - Math.floor(place)
    return [0, 1, 2].map((channel) => Math.round(below[channel]! * (1 - share) + above[channel]! * share)) as unknown as Colour
  })
}
