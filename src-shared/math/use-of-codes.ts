/** exp of the entropy of how often each entry is used, 1 … entries, and how many never are. @param counts  [entries] */
export function useOfCodes(counts: Float64Array): { codePerplexity: number; deadCodes: number } {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const entropy = counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0)
  return { codePerplexity: Math.exp(entropy), deadCodes: counts.filter((count) => count === 0).length }
}
