/** Answers whose code is loaded with the first call of any of them: their inputs are checked there. */
import { onceOnly } from '../core/once.ts'
import { parse, type Schema, v } from '../core/schema.ts'
import type { Call, Handler, Handlers } from '../rpc/port.ts'

type AnyHandler = Handler<Call<unknown, unknown, unknown>>

/**
 * A table of the methods `names`, answered by what `load` gives.
 *
 * @example
 * ```ts
 * later<ThreadApi>(THREAD_METHODS, async () => (await import('./thread-part.ts')).threadPart(accounts))
 * ```
 */
export function later<M>(names: { readonly [K in keyof M]: true }, load: () => Promise<Handlers<M>>): Handlers<M> {
  const once = onceOnly(load)
  const handler = (name: string): AnyHandler => ({
    input: v.unknown() as Schema<unknown>,
    async run(input, context) {
      const table = (await once()) as unknown as Record<string, AnyHandler>
      const known = table[name] as AnyHandler
      return known.run(parse(known.input, input), context)
    },
  })
  return Object.fromEntries(Object.keys(names).map((name) => [name, handler(name)])) as unknown as Handlers<M>
}
