import { type Notice, noticeSchema, type Run } from './run'

/** Why a run was computed where it was, or null where that was not recorded. */
export function choiceOf({ environment }: Pick<Run, 'environment'>): Notice | null {
  const text = environment['chosenBecauseNotice']
  if (text === undefined) return null
  try {
    return noticeSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** The environment of a run as people read it: without what is there for programs. */
export const shownEnvironment = ({ environment }: Pick<Run, 'environment'>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => name !== 'chosenBecause' && name !== 'chosenBecauseNotice'))
