/** A draw from the standard normal prior for the eye, not for a result: it is not seeded. Box & Muller 1958. */
export const standardNormal = (length: number): number[] =>
  Array.from({ length }, () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()))
