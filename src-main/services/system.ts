import type { SystemInfo } from '@shared/domain/system'
import type { MethodsOf } from '@shared/rpc/handlers'

/** What the program and its surroundings are. */
export function createSystemMethods(describe: () => SystemInfo): MethodsOf<'system'> {
  return { 'system.info': describe }
}
