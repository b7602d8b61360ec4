/** What the sites of expectation propagation have come to, [sites] each; NaN where a site has to wait. */
export interface SiteReport {
  precision: Float64Array
  /** Probability that the model and the row agree, given all other rows. */
  agreement: Float64Array
  /** log of the mass of the factor under the others, nats. */
  logMass: Float64Array
}
