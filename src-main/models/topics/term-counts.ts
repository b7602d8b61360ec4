/** Documents × terms, only what is there: document d has the entries start[d] … start[d + 1] − 1. */
export interface TermCounts {
  documents: number
  terms: number
  start: Int32Array
  term: Int32Array
  count: Float64Array
  tokens: number
}

/** @param table  counts: [documents, terms], row-major */
export function termCounts(table: Float64Array, terms: number): TermCounts {
  const documents = table.length / terms
  const start = new Int32Array(documents + 1)
  for (let document = 0; document < documents; document += 1) {
    start[document + 1] = start[document]!
    for (let term = 0; term < terms; term += 1) if (table[document * terms + term]! > 0) start[document + 1]! += 1
  }
  const term = new Int32Array(start[documents]!)
  const count = new Float64Array(start[documents]!)
  let at = 0
  let tokens = 0
  for (const [index, value] of table.entries()) {
    if (!(value > 0)) continue
    term[at] = index % terms
    count[at] = value
    tokens += value
    at += 1
  }
  return { documents, terms, start, term, count, tokens }
}

/** Rows scaled to add up to 1; a row without anything keeps what `otherwise` has. */
export function normalizedRows(values: Float64Array, width: number, otherwise: Float64Array): Float64Array {
  const found = Float64Array.from(values)
  for (let start = 0; start < values.length; start += width) {
    let total = 0
    for (let index = start; index < start + width; index += 1) total += values[index]!
    for (let index = start; index < start + width; index += 1) found[index] = total > 0 ? values[index]! / total : otherwise[index]!
  }
  return found
}

/** [rows, columns] → [columns, rows] */
export function transposed(values: Float64Array, rows: number): Float64Array {
  const columns = values.length / rows
  const found = new Float64Array(values.length)
  for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) found[column * rows + row] = values[row * columns + column]!
  return found
}
