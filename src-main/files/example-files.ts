import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The ready-made experiments that come with the program, one YAML file each; name: without the ending. */
export function readExampleFiles(resourcesFolder: string): { name: string; text: string }[] {
  const folder = join(resourcesFolder, 'experiments')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), text: readFileSync(join(folder, file), 'utf8') }))
}
