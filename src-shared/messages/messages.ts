import { cliMessages } from './cli'
import { datasetMessages } from './dataset'
import { formatMessage, type Message } from './message'
import { modelMessages } from './model'
import { runMessages } from './run'
import { specMessages } from './spec'
import { systemMessages } from './system'

export const messages = {
  ...datasetMessages,
  ...specMessages,
  ...runMessages,
  ...modelMessages,
  ...systemMessages,
  ...cliMessages,
} as const satisfies Record<string, Message>

export type MessageCode = keyof typeof messages

/** The sentence of a code; where the code is unknown (from another version), the fallback. */
export function sentence(code: string, details: Record<string, unknown>, language: 'en' | 'zh', fallback = code): string {
  const message: Message | undefined = (messages as Record<string, Message>)[code]
  return message ? formatMessage(message[language], details) : fallback
}
