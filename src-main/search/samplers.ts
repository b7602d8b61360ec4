import type { SamplerName } from '@shared/domain/sweep'
import { cmaEsSampler } from './cma-es'
import { gpSampler } from './gp'
import { nsga2Sampler } from './nsga2'
import { gridSampler, randomSampler, type Sampler, type SamplerOptions, sobolSampler } from './sampler'
import { tpeSampler } from './tpe'

const makers: Record<SamplerName, (options: SamplerOptions) => Sampler> = {
  grid: gridSampler,
  random: randomSampler,
  sobol: sobolSampler,
  tpe: tpeSampler,
  gp: gpSampler,
  'cma-es': cmaEsSampler,
  'nsga-ii': nsga2Sampler,
}

export const createSampler = (name: SamplerName, options: SamplerOptions): Sampler => makers[name](options)
