import { archiveMessages, importMessages } from './archive'
import { cliMessages } from './cli'
import { compareMessages } from './compare'
import { datasetMessages } from './dataset'
import { deepMessages } from './deep'
import { discreteMessages } from './discrete'
import { deviceMessages } from './device'
import { evidenceMessages } from './evidence'
import { exampleMessages } from './example'
import { inWindow } from './in-window'
import { formatMessage, type Message } from './message'
import { latentModelMessages } from './latent-models'
import { mixtureMessages } from './mixture'
import { modelMessages } from './model'
import { queryMessages } from './query'
import { reportMessages } from './report'
import { runMessages } from './run'
import { slurmMessages } from './slurm'
import { specMessages } from './spec'
import { sweepMessages } from './sweep'
import { systemMessages } from './system'
import { vaeMessages } from './vae'

export const messages = {
  ...datasetMessages,
  ...specMessages,
  ...sweepMessages,
  ...slurmMessages,
  ...runMessages,
  ...queryMessages,
  ...reportMessages,
  ...archiveMessages,
  ...importMessages,
  ...compareMessages,
  ...reportMessages,
  ...modelMessages,
  ...mixtureMessages,
  ...latentModelMessages,
  ...evidenceMessages,
  ...exampleMessages,
  ...vaeMessages,
  ...deepMessages,
  ...discreteMessages,
  ...systemMessages,
  ...deviceMessages,
  ...cliMessages,
} as const satisfies Record<string, Message>

export type MessageCode = keyof typeof messages

/** Where a sentence is read: some name what one would type, and what one would click. */
export type Surface = 'command-line' | 'window'

/** The sentence of a code; where the code is unknown (from another version), the fallback. Notices among the details are put in words too. */
export function sentence(code: string, details: Record<string, unknown>, language: 'en' | 'zh', fallback = code, surface: Surface = 'command-line'): string {
  const own = surface === 'window' ? (inWindow as Record<string, Message>)[code] : undefined
  const message = own ?? (messages as Record<string, Message>)[code]
  if (!message) return fallback
  const inWords = Object.entries(details).map(([name, value]) => [name, isNotices(value) ? join(value, language, surface) : value] as const)
  return formatMessage(message[language], Object.fromEntries(inWords))
}

interface NoticeLike {
  code: string
  message: string
  details: Record<string, unknown>
}
const isNotices = (value: unknown): value is NoticeLike[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null && 'code' in item && 'details' in item)

const join = (notices: NoticeLike[], language: 'en' | 'zh', surface: Surface): string =>
  notices.map(({ code, details, message }) => sentence(code, details, language, message, surface)).join(language === 'zh' ? '' : ' ')
