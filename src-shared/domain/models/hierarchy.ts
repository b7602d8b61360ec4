import { z } from 'zod'
import { type Network, networkSchema } from './networks'

/* Stochastic layers above the one that x comes from. */

const layerNetworkSchema = networkSchema.pick({ activation: true, norm: true, dropout: true, residualBlocks: true }).extend({
  mlp: networkSchema.shape.mlp.unwrap().default([64]),
})
export type LayerNetwork = z.infer<typeof layerNetworkSchema>

const layers = z.strictObject({
  /** Dimensions of z_2, z_3, …; those of z_1, which x comes from, are `latent`. */
  above: z.array(z.int().min(1).max(4096)).min(1).max(15).default([4]),
  /** The networks from each layer to the next, up and down. */
  between: layerNetworkSchema.prefault({}),
})

export const hierarchySchema = z.union([
  z.literal('none'),
  /** q goes up from x, layer by layer. Rezende et al. 2014 */
  z.strictObject({ bottomUp: layers }),
  /** q comes down beside p, and adds to it what the data say. Sønderby et al. 2016 */
  z.strictObject({ ladder: layers }),
])
export type Hierarchy = z.infer<typeof hierarchySchema>

export interface HierarchyLayers extends z.infer<typeof layers> {
  kind: 'bottomUp' | 'ladder'
}

export const hierarchyOf = (hierarchy: Exclude<Hierarchy, 'none'>): HierarchyLayers =>
  'ladder' in hierarchy ? { kind: 'ladder', ...hierarchy.ladder } : { kind: 'bottomUp', ...hierarchy.bottomUp }

/** Dimensions of z_1, z_2, …: one number without a hierarchy. Specifications of earlier versions do not say. */
export const layerWidths = ({ latent, hierarchy = 'none' }: { latent: number; hierarchy?: Hierarchy | undefined }): number[] =>
  hierarchy === 'none' ? [latent] : [latent, ...hierarchyOf(hierarchy).above]

/** What a layer that goes up hands to the next, beside its own Gaussian. */
export const contextWidth = ({ mlp }: Pick<LayerNetwork, 'mlp'>, widths: readonly number[]): number =>
  mlp[0] ?? 2 * widths.slice(1).reduce((sum, width) => sum + width, 0)

/** The same as a network that has no pictures to go through. */
export const layerNetwork = (between: LayerNetwork): Network => ({ channels: [], kernel: 3, stride: 2, ...between })
