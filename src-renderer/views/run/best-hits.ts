interface RestartOutcome {
  logLikelihood: number | null
  spurious: boolean
}

/** How many proper restarts ended within 1e-4 nats per row of the best proper one: two of them found the same optimum. */
export function bestHits(restarts: readonly RestartOutcome[]): number {
  const proper = restarts.filter(({ spurious, logLikelihood }) => !spurious && logLikelihood !== null).map(({ logLikelihood }) => logLikelihood!)
  const best = Math.max(...proper)
  return proper.filter((value) => best - value < 1e-4).length
}
