/**
 * From an invite to a session: `account.register(invite)` in a new profile that has an account and whose node has reached
 * the relay. The limit is what bare WebRTC needs to connect the same pages; registering also finds the cafe through the
 * relay, agrees on a secure channel and proves the account.
 */
import type { Person } from '../fixtures/profiles.ts'
import type { Context } from './context.ts'
import { compare, type Figure } from './figure.ts'
import { openRawChannel } from './raw-channel.ts'

export const figure: Figure = {
  name: 'invite_to_registered',
  unit: 'ms',
  async run(context) {
    const { host, invite } = await context.world()
    // Both in profiles of their own: a browser's first connection is its slowest.
    const register = (): Promise<number> => withNewcomer(context, ({ page }) => page.evaluate(timeRegister, invite))
    const connect = (): Promise<number> =>
      withNewcomer(context, async ({ page }) => {
        const raw = await openRawChannel(page, host.page)
        await raw.close()
        return raw.setUp
      })
    return compare(5, register, connect)
  },
}

async function timeRegister(invite: string): Promise<number> {
  await cafe.account.create()
  const started = performance.now()
  await cafe.account.register(invite)
  return performance.now() - started
}

async function withNewcomer(context: Context, measure: (person: Person) => Promise<number>): Promise<number> {
  const person = await context.newcomer()
  try {
    return await measure(person)
  } finally {
    await person.browser.close()
  }
}
