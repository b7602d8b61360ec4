import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import type { Container, Member } from './formats/format'

/** The one thing of a file that is imported: what the options name, or the only one there is. */
export function chooseMember(path: string, { members }: Container, options: ImportOptions): Member {
  const readable = members.filter((member) => member.readable)
  if (readable.length === 0) throw new AppError('dataset/no-members', { path })
  if (options.member !== undefined) return named(path, members, options.member)
  const candidates = readable.filter(({ name }) => name !== options.labels)
  if (candidates.length > 1) throw new AppError('dataset/choose-member', { path, members: candidates.map(inWords) })
  return candidates[0] ?? readable[0]!
}

export function chooseLabels(path: string, { members }: Container, options: ImportOptions): Member | null {
  return options.labels ? named(path, members, options.labels) : null
}

function named(path: string, members: Member[], name: string): Member {
  const found = members.find((member) => member.name === name && member.readable)
  if (!found) throw new AppError('dataset/no-such-member', { path, member: name, members: members.filter(({ readable }) => readable).map(inWords) })
  return found
}

const inWords = ({ name, about }: Member): string => `${name} (${about})`
