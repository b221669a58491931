/**
 * The resident cafe: one that a relay keeps open in its own process, so that there is one program to run and one address
 * to tell. Its HTTP is below `/c/<its own id>/`, where those of tabs are too, but nothing is carried anywhere for it.
 */
import type { OpenCafe } from '../../src/cafe/host-status.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Log } from '../../src/core/log.ts'
import type { Route } from '../http.ts'
import { createNodeCafe, type NodeCafe } from './cafe.ts'
import { openControl } from './control.ts'
import { openWays } from './ways.ts'
import { answerWeb } from './web.ts'

export type { OpenCafe }

export interface ResidentSettings {
  readonly name: string
  /** Where it listens, beside the relay. */
  readonly host: string
  readonly port: number
  readonly data: string
}

export interface Resident {
  /** Answers for the cafe once it is open; before, the address is nobody's. */
  readonly route: Route
  /** Opens it. @throws CafeError as `createNodeCafe`. */
  open(at: { readonly relays: readonly string[]; readonly origin: string }): Promise<OpenCafe>
  stop(): Promise<void>
}

export function createResident({ name, host, port, data }: ResidentSettings, log: Log): Resident {
  let cafe: NodeCafe | undefined
  const ends: Array<() => Promise<void>> = []
  const prefix = (): string | undefined => cafe && `/c/${cafe.peer}/`
  return {
    route: {
      name: 'resident',
      matches: ({ pathname }) => {
        const own = prefix()
        return own !== undefined && pathname.startsWith(own)
      },
      async answer(request, response) {
        if (!cafe) throw new CafeError('INTERNAL')
        const target = (request.url ?? '').slice((prefix()?.length ?? 1) - 1)
        await answerWeb(request, response, cafe.answer, { target })
      },
    },
    async open({ relays, origin }) {
      const ways = openWays({ host, port }, log)
      cafe = await createNodeCafe({ ...{ name, data, relays, origin, log }, ...ways, announce: [] })
      ends.push(cafe.stop)
      const control = await openControl(data, {
        hosting: cafe.hosting,
        carrying: cafe.carrying,
        close: () => process.kill(process.pid, 'SIGTERM'),
      })
      ends.push(control.close)
      const card = await cafe.hosting.status()
      if (!card.open) throw new CafeError('INTERNAL')
      return card
    },
    async stop() {
      for (const end of ends.splice(0).reverse()) await end()
    },
  }
}
