export interface EmissionTable {
  feature: string
  symbols: string[]
  /** [state][symbol] */
  probabilities: number[][]
}

/** What the parameters of a hidden Markov model say of its observations, whichever emissions it has. */
export function emissionsOf(
  params: Record<string, unknown>,
  features: readonly string[],
): { tables: EmissionTable[]; deviations: number[][] | null } {
  const { probabilities, symbols, covariances, rates } = params
  if (probabilities !== undefined) {
    const of = (table: unknown, name: string): unknown => (features.length === 1 ? table : (table as Record<string, unknown>)[name])
    return {
      deviations: null,
      tables: features.map((feature) => ({
        feature,
        symbols: (of(symbols, feature) as number[]).map(String),
        probabilities: of(probabilities, feature) as number[][],
      })),
    }
  }
  if (covariances !== undefined) {
    return { tables: [], deviations: (covariances as number[][][]).map((covariance) => covariance.map((row, at) => Math.sqrt(row[at]!))) }
  }
  const perState = (rates as (number | number[])[] | undefined) ?? []
  return { tables: [], deviations: perState.map((rate) => (Array.isArray(rate) ? rate : [rate]).map(Math.sqrt)) }
}
