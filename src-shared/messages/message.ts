/** A sentence in each language; {name} is replaced by details.name. */
export interface Message {
  en: string
  zh: string
}

const show = (value: unknown): string =>
  typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : Array.isArray(value) ? value.join(', ') : String(value)

export const formatMessage = (template: string, details: Record<string, unknown>): string =>
  template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in details ? show(details[name]) : whole))
