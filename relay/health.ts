/** What `/health` says: enough for a supervisor and a person, nothing about who is connected. */

/** Numbers of one relay, read when asked. */
export interface HealthSource {
  readonly peerId: string
  /** It takes nobody new and will be gone soon. */
  draining(): boolean
  connections(): number
  reservations(): number
}

/** The body of `/health`; `uptime` is whole seconds since start. */
export interface Health {
  /** False while it drains: then the status is 503, and a balancer sends people elsewhere. */
  readonly ok: boolean
  readonly state: 'ready' | 'draining'
  readonly peerId: string
  readonly connections: number
  readonly reservations: number
  readonly uptime: number
}

/**
 * A reader of the relay's health.
 * @param now milliseconds of any steady clock.
 */
export function createHealth(source: HealthSource, now: () => number): () => Health {
  const started = now()
  return () => ({
    ok: !source.draining(),
    state: source.draining() ? 'draining' : 'ready',
    peerId: source.peerId,
    connections: source.connections(),
    reservations: source.reservations(),
    uptime: Math.floor((now() - started) / 1000),
  })
}
