/** Loadings of one component with the noise that they leave, by feature. */
export interface Loadings {
  /** [feature][factor] */
  loadings: number[][]
  /** Noise variance of each feature. */
  uniquenesses: number[]
  /** Variance of each feature under the model: Σ_a loadings² + noise. */
  variances: number[]
}

/** PPCA has one noise variance for all features, factor analysis one each, a mixture both for every component. */
export function loadingsOf(params: Record<string, unknown>, component = 0): Loadings {
  const all = params['loadings'] as number[][] | number[][][]
  const isMixture = Array.isArray(all[0]?.[0])
  const loadings = (isMixture ? (all as number[][][])[component] : (all as number[][])) ?? []
  const noise = params['uniquenesses'] ?? params['noiseVariance'] ?? params['noiseVariances']
  const own = isMixture && Array.isArray(noise) && Array.isArray(noise[0]) ? (noise as number[][])[component]! : (noise as number | number[])
  const uniquenesses = loadings.map((_, feature) => (Array.isArray(own) ? own[feature]! : own))
  return {
    loadings,
    uniquenesses,
    variances: loadings.map((row, feature) => row.reduce((sum, value) => sum + value ** 2, uniquenesses[feature]!)),
  }
}

/** Share of the variance of all features that each factor explains. */
export function explainedShares({ loadings, variances }: Loadings): number[] {
  const total = variances.reduce((sum, value) => sum + value, 0)
  return (loadings[0] ?? []).map((_, factor) => loadings.reduce((sum, row) => sum + row[factor]! ** 2, 0) / total)
}
