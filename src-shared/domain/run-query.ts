/** What is typed into the search field of the run table, taken apart. Nothing typed is an error: what is no comparison is a word. */
export type QueryTerm =
  | { kind: 'word'; text: string }
  | { kind: 'comparison'; field: string; operator: QueryOperator; value: string }
export type QueryOperator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<='

const comparison = /^([A-Za-z][\w./@-]*)\s*(!=|>=|<=|=|>|<|:)\s*("[^"]*"|[^\s"]+)/
const word = /^("[^"]*"|\S+)/

/** `vae status:failed train/elbo > -100 model.latent >= 8 "old faithful"`; all terms must hold. */
export function parseRunQuery(query: string): QueryTerm[] {
  const terms: QueryTerm[] = []
  for (let rest = query.trim(); rest !== ''; ) {
    const compared = comparison.exec(rest)
    if (compared) {
      const [whole, field, operator, value] = compared as unknown as [string, string, QueryOperator, string]
      terms.push({ kind: 'comparison', field, operator, value: unquote(value) })
      rest = rest.slice(whole.length).trim()
      continue
    }
    const text = word.exec(rest)?.[0] ?? rest
    if (unquote(text) !== '') terms.push({ kind: 'word', text: unquote(text) })
    rest = rest.slice(text.length).trim()
  }
  const compares = terms.some((term) => term.kind === 'comparison')
  return terms.filter((term) => !(compares && term.kind === 'word' && term.text.toLowerCase() === 'and'))
}

const unquote = (text: string): string => text.replaceAll('"', '')
