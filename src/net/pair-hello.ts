/**
 * What two peers that have just been paired say to each other: the invite of the one that has a cafe open. Nobody else is told:
 * an invite may admit whoever has it.
 */
import { CafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { text, v } from '../core/schema.ts'
import { type Connector, call } from '../wire/call.ts'
import { nothing, operation, service } from '../wire/protocol.ts'
import type { ServiceHandlers } from '../wire/serve.ts'

export const helloProtocol = service({
  id: '/cafe/pair/1.0.0',
  name: 'pair',
  limited: false,
  operations: {
    hello: operation({
      request: nothing,
      /** A link as of `invite.ts`; none where no cafe is open. */
      receipt: v.strictObject({ invite: v.optional(text(MAX_INVITE)) }),
      auth: 'none',
    }),
  },
})

export interface HelloComponents {
  /** Has this peer been paired with this device just now? */
  readonly paired: (peer: PeerIdText) => boolean
  readonly invite: () => Promise<string | undefined>
}

export function helloService({ paired, invite }: HelloComponents): ServiceHandlers<typeof helloProtocol, undefined> {
  return {
    async hello(_input, { peer }) {
      if (!paired(peer)) throw new CafeError('FORBIDDEN', { why: 'pair' })
      return { invite: await invite() }
    },
  }
}

/** The other side's invite, if it has a cafe open. */
export async function askHello(
  connector: Connector,
  peer: PeerIdText,
  { signal }: { signal: AbortSignal },
): Promise<string | undefined> {
  return (await call(connector, peer, helloProtocol, 'hello', {}, { signal })).invite
}
