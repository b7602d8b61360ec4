import { defaultHome } from '../../files/data-folder'
import { createHost } from '../../host'
import type { Interruptions } from '../interruptions'
import { exitStatus, printJson, printText } from '../output'
import type { Program } from '../session'

export interface ServeOptions {
  home: string | undefined
  port: number | undefined
  json: boolean
  program: Program
  interruptions: Interruptions
}

/** Serves the workbench until it is stopped; the first line says where. */
export async function serve({ home, port, json, program, interruptions }: ServeOptions): Promise<number> {
  const host = createHost({ ...program, home: home ?? defaultHome(process.env), hostKind: 'server' })
  try {
    const { url } = await host.listen({ rendererFolder: program.rendererFolder, ...(port === undefined ? {} : { port }) })
    if (json) printJson({ url })
    else printText(url)
    await interruptions.cancelled.catch(() => {})
    return exitStatus.done
  } finally {
    await host.close()
  }
}
