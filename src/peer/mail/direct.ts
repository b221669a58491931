/**
 * Straight from device to device, while both are connected: a sealed parcel, and the answer that the other has it on disk.
 * Who is not let in by any door is refused here as well, and strangers are paced.
 */

import type { Registrar } from '../../cafe/cafe.ts'
import type { Clock } from '../../core/clock.ts'
import { CafeError } from '../../core/errors.ts'
import type { PeerIdText } from '../../core/ids.ts'
import { KiB, MAX_LETTER, STREAMS_PER_PEER } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { createRate } from '../../core/rate.ts'
import { bytes, v } from '../../core/schema.ts'
import { unshared } from '../../crypto/bytes.ts'
import { type CallOptions, type Connector, start } from '../../wire/call.ts'
import { nothing, operation, service } from '../../wire/protocol.ts'
import { serve } from '../../wire/serve.ts'

export const letterProtocol = service({
  id: '/cafe/letter/1.0.0',
  name: 'letter',
  limited: true,
  operations: {
    /**
     * Brings a parcel, which follows as the one upload. Answered when it is on disk: what is in it has come then.
     * @throws NOT_FOUND {what: 'account'}: it is for nobody here; FORBIDDEN {what: 'door'}; BUSY {after}; QUOTA.
     */
    give: operation({
      request: nothing,
      upload: v.strictObject({ sealed: bytes(MAX_LETTER) }),
      receipt: nothing,
      auth: 'none',
      maxUpload: MAX_LETTER + 1 * KiB,
    }),
  },
})

export async function give(
  connector: Connector,
  peer: PeerIdText,
  sealed: Uint8Array,
  options: CallOptions,
): Promise<void> {
  const exchange = await start(connector, peer, letterProtocol, 'give', {}, options)
  // What the other says counts, and its silence too.
  exchange.send({ sealed: unshared(sealed) }).catch(() => {})
  try {
    await exchange.receipt()
  } finally {
    exchange.close()
  }
}

export interface DirectComponents {
  readonly registrar: Registrar
  readonly clock: Clock
  readonly log: Log
  /** Makes what is in a parcel this device's own. */
  readonly take: (sealed: Uint8Array, peer: PeerIdText) => Promise<void>
}

export interface Direct {
  open(): Promise<void>
  close(): Promise<void>
}

/** Parcels from one peer: a long absence at once, and then ten a second. */
const PER_PEER = { burst: 256, every: 100 }

export function createDirect({ registrar, clock, log, take }: DirectComponents): Direct {
  const rate = createRate({ ...PER_PEER, clock })
  let isOpen = false
  const answer = serve(
    letterProtocol,
    {
      async give(_, { peer, upload }) {
        const after = rate.draw(peer, 1)
        if (after > 0) throw new CafeError('BUSY', { after })
        await take((await upload()).sealed, peer)
        return {}
      },
    },
    { guard: async () => undefined, log },
  )
  return {
    async open() {
      if (isOpen) return
      isOpen = true
      const { id, limited } = letterProtocol
      await registrar.handle(id, answer, { limited, maxStreams: STREAMS_PER_PEER })
    },
    async close() {
      if (isOpen) await registrar.unhandle(letterProtocol.id)
      isOpen = false
    },
  }
}
