/**
 * What the person at the terminal can have a running cafe do, as one table: input by schema, the work, and the result in
 * words. `control.ts` carries them to the process that has the cafe open.
 */
import type { Carrying } from '../../src/cafe/carry/carrying.ts'
import type { Hosting } from '../../src/cafe/hosting.ts'
import { mode, services } from '../../src/cafe/session/terms.ts'
import { CafeError } from '../../src/core/errors.ts'
import { MAX_INVITE } from '../../src/core/limits.ts'
import { address, count, name, notice, parse, peerId, text, v } from '../../src/core/schema.ts'
import { Secret } from '../../src/core/secret.ts'
import { exportTo } from './carry.ts'

export interface CommandComponents {
  readonly hosting: Hosting
  readonly carrying: Carrying
  /** Ends the program. */
  readonly close: () => void
}

interface Command<Schema extends v.GenericSchema> {
  readonly input: Schema
  run(input: v.InferOutput<Schema>, components: CommandComponents): Promise<unknown>
}

const command = <Schema extends v.GenericSchema>(
  input: Schema,
  run: (input: v.InferOutput<Schema>, components: CommandComponents) => Promise<unknown>,
): Command<Schema> => ({ input, run })

const none = v.strictObject({})
const quota = v.optional(v.union([count(), v.picklist(['small', 'normal', 'large'])]))

export const COMMANDS = {
  /** What is kept and who is here. */
  status: command(none, (_, { hosting }) => hosting.status()),
  invite: command(none, async (_, { hosting }) => {
    const status = await hosting.status()
    if (!status.open) throw new CafeError('NOT_FOUND', { what: 'open cafe' })
    return { invite: status.invite }
  }),
  /** A token of its own for somebody; its text is told once. `expires`: milliseconds since the epoch. */
  token: command(
    v.strictObject({
      label: v.optional(name),
      uses: v.optional(count(1_000_000, 1)),
      expires: v.optional(count()),
      quota,
      services: v.optional(services),
    }),
    (options, { hosting }) => hosting.createToken(options),
  ),
  tokens: command(none, (_, { hosting }) => hosting.cafe().tokens()),
  revoke: command(v.strictObject({ id: text(128) }), ({ id }, { hosting }) => hosting.revoke(id)),
  clients: command(none, (_, { hosting }) => hosting.clients()),
  /** Who asks to be let in, where the cafe is one that is asked. */
  requests: command(none, (_, { hosting }) => hosting.cafe().requests()),
  admit: command(v.strictObject({ address, peer: peerId, quota }), ({ quota, ...who }, { hosting }) =>
    hosting.cafe().decide({ account: who.address, peer: who.peer }, { admit: true, quota }),
  ),
  refuse: command(v.strictObject({ address, peer: peerId }), (who, { hosting }) =>
    hosting.cafe().decide({ account: who.address, peer: who.peer }, { admit: false }),
  ),
  evict: command(v.strictObject({ address, notice: v.optional(notice, '') }), (who, { hosting }) =>
    hosting.cafe().evict(who.address, who.notice),
  ),
  mode: command(v.strictObject({ mode }), (input, { hosting }) => hosting.setMode(input.mode)),
  budget: command(v.strictObject({ bytes: count() }), ({ bytes }, { hosting }) => hosting.setBudget(bytes)),
  /** Nobody new comes in and nothing new is kept, until `resume`. */
  pause: command(none, (_, { hosting }) => hosting.cafe().setPaused(true)),
  resume: command(none, (_, { hosting }) => hosting.cafe().setPaused(false)),
  /** What has happened, newest first. */
  activity: command(none, async (_, { hosting }) => hosting.cafe().activity.list()),
  alarms: command(none, (_, { hosting }) => hosting.cafe().alarms.list()),
  /** Removes what nobody needs. */
  collect: command(none, (_, { hosting }) =>
    hosting.collect({ signal: new AbortController().signal, onProgress: () => {} }),
  ),
  /** Forwards clients' pins to a pinning service; without an endpoint to none. */
  forward: command(
    v.strictObject({ endpoint: v.optional(text(512)), token: v.optional(text(4096)) }),
    ({ endpoint, token = '' }, { hosting }) => {
      const to = endpoint === undefined ? null : { endpoint, token: new Secret(token) }
      return hosting.cafe().forwarding.set(to)
    },
  ),
  forwarding: command(none, (_, { hosting }) => hosting.cafe().forwarding.status()),
  /** All of it as one file, sealed with a passphrase; it goes on meanwhile. */
  export: command(
    v.strictObject({ file: v.pipe(text(4096), v.nonEmpty()), passphrase: text(2048) }),
    ({ file, passphrase }, { carrying }) => exportTo(carrying, file, passphrase),
  ),
  /** Moves it to the device that shows this code, and ends the program: it is not this folder's any more. */
  move: command(v.strictObject({ code: text(MAX_INVITE) }), async ({ code }, { carrying, close }) => {
    const moved = await carrying.move(code, { signal: new AbortController().signal })
    if (moved.told) close()
    return moved
  }),
  close: command(none, async (_, { close }) => close()),
} as const

export type CommandName = keyof typeof COMMANDS

export const isCommand = (text: string): text is CommandName => Object.hasOwn(COMMANDS, text)

/** @throws CafeError UNSUPPORTED for no command; BAD_REQUEST; what the command fails with. */
export async function runCommand(verb: string, input: unknown, components: CommandComponents): Promise<unknown> {
  if (!isCommand(verb)) throw new CafeError('UNSUPPORTED', { op: verb.slice(0, 32) })
  const { input: schema, run } = COMMANDS[verb] as Command<v.GenericSchema>
  return (await run(parse(schema, input), components)) ?? {}
}
