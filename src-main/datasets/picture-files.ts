import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export interface PictureFile {
  path: string
  /** Folder below the chosen one, or null where the pictures lie in it directly. */
  folder: string | null
}

const endings = /\.(png|jpe?g|tiff?|bmp|webp)$/i
const mostPictures = 2_000_000

/** Pictures of a folder and those below it, in the order of their names; hidden ones are left out. */
export function findPictures(folder: string): PictureFile[] {
  const found: PictureFile[] = []
  const walk = (at: string, depth: number): void => {
    const entries = readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      if (entry.name.startsWith('.') || found.length >= mostPictures) continue
      const path = join(at, entry.name)
      if (entry.isDirectory() && depth < 8) walk(path, depth + 1)
      else if (entry.isFile() && endings.test(entry.name)) {
        const [first, ...rest] = relative(folder, path).split(sep)
        found.push({ path, folder: rest.length > 0 ? first! : null })
      }
    }
  }
  walk(folder, 0)
  return found
}
