import type { z } from 'zod'
import type { MethodName, MethodOutput, Methods } from './contract'

/** What a host has for each method: parsed input in, output out. */
export type Handlers = {
  [M in MethodName]: (input: z.output<Methods[M]['input']>) => MethodOutput<M> | Promise<MethodOutput<M>>
}

/** The methods of one subject, e.g. MethodsOf<'runs'>. */
export type MethodsOf<Subject extends string> = Pick<Handlers, Extract<MethodName, `${Subject}.${string}`>>
