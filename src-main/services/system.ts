import type { SystemInfo } from '@shared/domain/system'
import type { MethodsOf } from '@shared/rpc/handlers'

/** What the program and its surroundings are; told once, at the start of the host. */
export function createSystemMethods(info: SystemInfo): MethodsOf<'system'> {
  return { 'system.info': () => info }
}
