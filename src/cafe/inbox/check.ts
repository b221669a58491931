/**
 * Giving a device its letters: a page at a time from the rows, whatever came meanwhile, and then, if it stays, whatever
 * comes. Nothing is buffered for it.
 */
import type { Clock } from '../../core/clock.ts'
import { unhex } from '../../core/ids.ts'
import { INBOX_WARNING, MAIL_PAGE, WATCH_PULSE } from '../../core/limits.ts'
import type { Devices, Session } from '../guard.ts'
import type { Paces } from '../pace.ts'
import { fullnessOf } from './amounts.ts'
import type { Ear, Ears } from './ears.ts'
import type { Ledger } from './ledger.ts'
import type { Checked, Mail } from './protocol.ts'
import { acksOf, type InboxStore } from './store.ts'

export interface CheckComponents {
  readonly store: InboxStore
  readonly clock: Clock
  readonly ledger: Ledger
  readonly ears: Ears
  readonly paces: Paces
  readonly devices: Devices
  readonly epoch: number
}

export interface CheckWish {
  readonly after: number
  readonly live: boolean
}

export type Check = (
  session: Session,
  wish: CheckWish,
  send: (item: Checked) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>

export function createCheck(components: CheckComponents): Check {
  const { ears, ledger, paces, devices, epoch } = components

  return async (session, { after, live }, send, signal) => {
    const { account, peer, bearer = '' } = session
    paces.read(account, 1, 0)
    const { quota } = await devices(account)
    // A place that was never given is of a store that was lost since.
    let seq = after > ledger.last(account) ? 0 : after
    const tellRoom = roomNews(() => ledger.room(account, quota), send)
    const catchUp = async (): Promise<boolean> => {
      const from = seq
      for (;;) {
        const page = await readPage(components, session, seq)
        for (const mail of page.letters) await send({ mail })
        seq = page.last
        if (page.isLast) return seq !== from
      }
    }
    // Opened before the first look, so that nothing falls in between.
    const ear = live ? ears.listen(account, `${peer}/${bearer}`, signal) : undefined
    try {
      await catchUp()
      await tellRoom()
      await send({ level: { seq, epoch } })
      if (ear)
        await stay(ear, send, async () => {
          const isNew = await catchUp()
          await tellRoom()
          if (isNew) await send({ level: { seq, epoch } })
        })
    } finally {
      ear?.close()
    }
  }
}

/** Ends with the call. */
async function stay(ear: Ear, send: (item: Checked) => Promise<void>, onNews: () => Promise<void>): Promise<never> {
  for (;;) {
    if (await ear.next(WATCH_PULSE)) await onNews()
    else await send({ pulse: true })
  }
}

interface Page {
  readonly letters: readonly Mail[]
  /** The last place that was looked at. */
  readonly last: number
  readonly isLast: boolean
}

/** What there is for this device after a place. */
async function readPage(
  { store, clock, paces }: CheckComponents,
  { account, peer }: Session,
  after: number,
): Promise<Page> {
  const now = clock()
  const [page, acked] = await Promise.all([
    store.letters.list(account, after, MAIL_PAGE),
    acksOf(store, account, after, MAIL_PAGE),
  ])
  const letters = page.letters
    .filter(({ seq, expires }) => expires > now && !acked(seq).includes(peer))
    .map(({ seq, id, time, expires, door, body }) => ({ seq, id: unhex(id), time, expires, door, body }))
  if (letters.length > 0)
    paces.read(
      account,
      letters.length,
      letters.reduce((sum, { body }) => sum + body.byteLength, 0),
    )
  return { ...page, letters }
}

/** Tells how full the inbox is: when there is reason to warn, when that has grown, and once when it is over. */
function roomNews(now: () => ReturnType<Ledger['room']>, send: (item: Checked) => Promise<void>): () => Promise<void> {
  let told = 0
  return async () => {
    const room = now()
    const percent = Math.floor(100 * fullnessOf(room))
    const warns = percent >= 100 * INBOX_WARNING
    if (warns ? percent === told : told === 0) return
    told = warns ? percent : 0
    await send({ room })
  }
}
