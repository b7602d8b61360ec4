/** RFC 4180: what holds a comma, a quote or a line break stands in quotes. */
export const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
