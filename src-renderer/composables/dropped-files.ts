/** Files dropped on a page that does not take them, on their way to the one that does. */
let waiting: File[] = []

export const keepDropped = (files: readonly File[]): void => void (waiting = [...files])

export function takeDropped(): File[] {
  const files = waiting
  waiting = []
  return files
}
