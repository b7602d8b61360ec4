import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { AppError } from '@shared/rpc/errors'

export interface FileBelow {
  path: string
  /** First folder below the chosen one, or null where the file lies in it directly. */
  folder: string | null
}

const deepest = 8
const mostFiles = 2_000_000

/**
 * Files of a folder and those below it by their endings, in the order of their names; hidden ones are left out.
 *
 * @throws dataset/too-many-files
 */
export function filesBelow(folder: string, endings: RegExp): FileBelow[] {
  const found: FileBelow[] = []
  const walk = (at: string, depth: number): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue
      const path = join(at, entry.name)
      if (entry.isDirectory() && depth < deepest) walk(path, depth + 1)
      else if (entry.isFile() && endings.test(entry.name)) {
        const [first, ...rest] = relative(folder, path).split(sep)
        found.push({ path, folder: rest.length > 0 ? first! : null })
        if (found.length > mostFiles) throw new AppError('dataset/too-many-files', { path: folder, most: mostFiles })
      }
    }
  }
  walk(folder, 0)
  return found
}
