import { Document, isScalar, visit } from 'yaml'

/** A specification as YAML, with lists of plain values on one line. */
export function specYaml(spec: unknown): string {
  const document = new Document(spec)
  visit(document, {
    Seq: (_key, node) => {
      if (node.items.every((item) => isScalar(item))) node.flow = true
    },
  })
  return document.toString({ flowCollectionPadding: false })
}
