/** Carrying the cafe of this browser: a chunk of its own, which is loaded when somebody asks for it or a move is under way. */
import { arrivingRoots } from '../cafe/carry/arriving-roots.ts'
import { type Carrying, type CarryingComponents, createCarrying } from '../cafe/carry/carrying.ts'
import { settle } from '../cafe/carry/land.ts'
import { MAX_INVITE } from '../core/limits.ts'
import { type Schema, text, v } from '../core/schema.ts'
import { datastoreIdentity } from '../net/identity.ts'
import { formatMoveCode, parseMoveCode } from '../net/move-code.ts'
import { forgetSessions } from '../peer/forget-sessions.ts'
import type { Handlers } from '../rpc/port.ts'
import type { CountedRows } from '../store/epoch.ts'
import type { openDatastore } from '../store/idb.ts'
import type { CarryApi } from './carry-api.ts'
import { throttled } from './throttled.ts'

export interface SettleComponents {
  readonly rows: CountedRows
  readonly datastore: Awaited<ReturnType<typeof openDatastore>>
  readonly clock: () => number
}

/** Ends what a move has begun; before the node is started. */
export async function settleCarried({ rows, datastore, clock }: SettleComponents): Promise<void> {
  await settle({
    ...{ rows, clock, epochAt: rows.epochAt, identity: datastoreIdentity(datastore) },
    onNewPeer: () => forgetSessions(rows),
  })
}

export const openCarrying = (components: Omit<CarryingComponents, 'codes'>): Promise<Carrying> =>
  createCarrying({ ...components, codes: { format: formatMoveCode, parse: parseMoveCode } })

/** What a collection must spare of a cafe that waits here since an earlier start. */
export { arrivingRoots }

const none = v.strictObject({})
const passphrase = text(2048)
const writable = v.instance(WritableStream) as Schema<WritableStream<Uint8Array<ArrayBuffer>>>

export function carryHandlers(carrying: Carrying): Handlers<CarryApi> {
  return {
    'host.export': {
      input: v.strictObject({ passphrase, to: writable }),
      async run({ passphrase, to }, { signal, progress }) {
        const exported = await carrying
          .export({ passphrase, signal, onProgress: throttled(progress) })
          .catch(async (cause) => {
            await to.abort().catch(() => {}) // the page has the failure itself
            throw cause
          })
        let bytes = 0
        const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
          transform(chunk, out) {
            bytes += chunk.byteLength
            out.enqueue(chunk)
          },
        })
        await exported.stream().pipeThrough(counting).pipeTo(to, { signal })
        const { blocks, absent } = exported.description
        return { blocks, bytes, absent: absent.length }
      },
    },
    'host.import': {
      input: v.strictObject({ file: v.instance(Blob), passphrase }),
      run: ({ file, passphrase }, { signal, progress }) =>
        carrying.import(file.stream(), { passphrase, signal, onProgress: throttled(progress) }),
    },
    'host.receive': { input: none, run: () => carrying.receive() },
    'host.move': {
      input: v.strictObject({ code: text(MAX_INVITE) }),
      run: ({ code }, { signal, progress }) => carrying.move(code, { signal, onProgress: throttled(progress) }),
    },
    'host.carried': { input: none, run: () => carrying.status() },
    'host.giveUp': { input: none, run: () => carrying.giveUp().then(() => ({})) },
  }
}
