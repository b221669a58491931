/**
 * The devices of an account: each certified by the account for so long, listed for all of them, and put out when the person
 * says so. A device that is put out loses its certificate's standing and its registration at every cafe of the account; a
 * cafe that is not reached is told later, again and again. It is no cure for a stolen device that was unlocked: that one
 * knows the account's key, and only an account of new words is beyond its reach.
 */
import type { SessionClient } from '../cafe/session/client.ts'
import type { Clock } from '../core/clock.ts'
import { CafeError, toCafeError } from '../core/errors.ts'
import type { PeerIdText } from '../core/ids.ts'
import { DEVICE_CERT_RENEW, DEVICE_CERT_TTL } from '../core/limits.ts'
import { count, v } from '../core/schema.ts'
import { createSerial } from '../core/serial.ts'
import type { Account } from '../crypto/account.ts'
import { CAPS, createCertificate, type DeviceCertificate } from '../crypto/certificate.ts'
import type { Rows } from '../store/rows.ts'
import { table } from '../store/table.ts'
import { authorized, type Cafes } from './cafes.ts'
import { type AccountRecord, parseEntry, type RecordEntry } from './record.ts'

export interface Device {
  readonly peer: PeerIdText
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly cert: DeviceCertificate | undefined
  /** When it was put out; it stays in the list, so that it does not come back. */
  readonly revoked: number | null
  /** It is this one. */
  readonly here: boolean
}

export interface DevicesComponents {
  readonly account: Account
  /** This device, and what it is called. */
  readonly peer: PeerIdText
  readonly name: string
  readonly rows: Rows
  readonly record: Pick<AccountRecord, 'entries' | 'set' | 'merge'>
  readonly cafes: Pick<Cafes, 'list' | 'access'>
  readonly client: Pick<SessionClient, 'drop'>
  readonly clock: Clock
}

export interface Devices {
  /** This one first, then the newest. */
  list(): Promise<readonly Device[]>
  /** This device's certificate; undefined if it was put out. Made or renewed if it is time. */
  certificate(): Promise<DeviceCertificate | undefined>
  /** What to tell of the devices to another one, which is certified thereby; it is listed here by `learn`. */
  introduce(peer: PeerIdText, name: string): Promise<readonly RecordEntry[]>
  /** Takes in entries as another device tells them. @throws CafeError BAD_REQUEST for what is none. */
  learn(entries: readonly unknown[]): Promise<void>
  /**
   * Puts a device out. Gives how many cafes have been told, and how many will be.
   * @throws CafeError NOT_FOUND {what: 'device'}; BAD_REQUEST {at: 'peer'} for this one.
   */
  revoke(peer: PeerIdText, options: { signal: AbortSignal }): Promise<{ told: number; waiting: number }>
  /** Sees to the certificate and to cafes that were not told yet. Never rejects. */
  attend(signal: AbortSignal): Promise<void>
}

export function createDevices(components: DevicesComponents): Devices {
  const { account, peer: here, rows, record, cafes, client, clock } = components
  /** Cafes that know of a revocation, by device, then cafe. */
  const told = table(rows, 'told', v.strictObject({ at: count() }))
  const serial = createSerial()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => serial('devices', task)

  const all = async (): Promise<Device[]> => {
    const entries = await record.entries('device')
    return entries.flatMap(({ id, ts, value }) => {
      if (!value) return []
      const { name, since = ts, cert, revoked } = value
      return [{ peer: id as PeerIdText, name, since, cert, revoked: revoked ? ts : null, here: id === here }]
    })
  }

  const certify = async (peer: PeerIdText, name: string) => {
    const now = clock()
    const known = await all()
    const before = known.find((one) => one.peer === peer)
    const seq = 1 + Math.max(0, ...known.map(({ cert }) => cert?.seq ?? 0))
    const terms = { peer, notBefore: now, notAfter: now + DEVICE_CERT_TTL, caps: [...CAPS], seq }
    const cert = await createCertificate(account, terms)
    return { name: before?.name ?? name, since: before?.since ?? now, cert, revoked: false }
  }

  const certificate = (): Promise<DeviceCertificate | undefined> =>
    inTurn(async () => {
      const own = (await all()).find((one) => one.here)
      if (own && own.revoked !== null) return undefined
      const isGood = own?.cert?.account === account.address && own.cert.notAfter - clock() > DEVICE_CERT_RENEW
      if (isGood) return own.cert
      const certified = await certify(here, components.name)
      await record.set('device', here, certified)
      return certified.cert
    })

  /** Tells every cafe of every device that was put out, as far as they are reached. Gives how many do not know yet. */
  const tell = async (signal: AbortSignal): Promise<number> => {
    const revoked = (await all()).filter((one) => one.revoked !== null && !one.here)
    const active = (await cafes.list()).filter(({ state }) => state === 'active')
    const tasks = active.flatMap(({ cafe }) => revoked.map(({ peer }) => ({ cafe, peer })))
    const done = await Promise.all(tasks.map(({ cafe, peer }) => tellOne(cafe, peer, signal)))
    return done.filter((isTold) => !isTold).length
  }

  const tellOne = async (cafe: PeerIdText, peer: PeerIdText, signal: AbortSignal): Promise<boolean> => {
    if (await told.get(peer, cafe)) return true
    try {
      await authorized(cafes, cafe, signal, (auth) => client.drop(cafe, peer, { auth, signal }))
      await rows.commit([told.put([peer, cafe], { at: clock() })])
      return true
    } catch (error) {
      // Not reached, or of an older version: it is told at the next occasion.
      if (toCafeError(error).code === 'INTERNAL') throw error
      return false
    }
  }

  return {
    async list() {
      const devices = await all()
      return devices.sort((a, b) => Number(b.here) - Number(a.here) || b.since - a.since)
    },
    certificate,
    introduce: (peer, name) =>
      inTurn(async () => {
        const others = (await record.entries('device')).filter(({ id }) => id !== peer)
        const value = await certify(peer, name)
        return [parseEntry({ kind: 'device', id: peer, ts: clock(), dev: here, value }), ...others]
      }),
    learn: async (entries) => void (await record.merge(entries.map(parseEntry))),
    async revoke(peer, { signal }) {
      if (peer === here) throw new CafeError('BAD_REQUEST', { at: 'peer' })
      await inTurn(async () => {
        const device = (await all()).find((one) => one.peer === peer)
        if (!device) throw new CafeError('NOT_FOUND', { what: 'device' })
        const { name, since, cert } = device
        if (device.revoked === null) await record.set('device', peer, { name, since, cert, revoked: true })
      })
      await tell(signal)
      const active = (await cafes.list()).filter(({ state }) => state === 'active')
      const known = await Promise.all(active.map(({ cafe }) => told.get(peer, cafe)))
      const reached = known.filter((row) => row !== undefined).length
      return { told: reached, waiting: active.length - reached }
    },
    async attend(signal) {
      // What fails is tried again at the next occasion.
      await certificate().catch(() => {})
      await tell(signal).catch(() => {})
    },
  }
}
