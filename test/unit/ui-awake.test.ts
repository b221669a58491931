/** The screen is kept on while it is wanted and a cafe is open, taken again in front, and let go of at the end. */
import { expect, test } from 'vitest'
import { Awake } from '../../src/ui/controllers/awake.ts'

class Lock extends EventTarget {
  released = false
  async release(): Promise<void> {
    this.released = true
    this.dispatchEvent(new Event('release'))
  }
}

function setup({ refuses = false, none = false } = {}) {
  const locks: Lock[] = []
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' as DocumentVisibilityState })
  const request = async () => {
    if (refuses) throw new Error('no')
    const lock = new Lock()
    locks.push(lock)
    return lock as unknown as WakeLockSentinel
  }
  const cafe = { open: true }
  const host = { addController() {}, removeController() {}, requestUpdate() {}, updateComplete: Promise.resolve(true) }
  const place = { request: none ? undefined : request, page: page as unknown as Document }
  const awake = new Awake(host, () => cafe.open, place)
  awake.hostConnected()
  const turn = async (to: DocumentVisibilityState) => {
    page.visibilityState = to
    if (to === 'hidden') await locks.at(-1)?.release()
    page.dispatchEvent(new Event('visibilitychange'))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { awake, locks, cafe, turn }
}

test('nothing is asked for before the person wants it', async () => {
  const { awake, locks, turn } = setup()
  await turn('visible')
  expect([awake.state, locks.length]).toEqual(['off', 0])
})

test('it is taken again when the page comes back to the front', async () => {
  const { awake, locks, turn } = setup()
  await awake.choose(true)
  expect(awake.state).toBe('on')
  await turn('hidden')
  expect(awake.state).toBe('hidden')
  await turn('visible')
  expect(awake.state).toBe('on')
  expect(locks.map(({ released }) => released)).toEqual([true, false])
})

test('it ends with the cafe, and with the switch', async () => {
  const { awake, locks, cafe } = setup()
  await awake.choose(true)
  cafe.open = false
  awake.hostUpdated()
  await new Promise((resolve) => setTimeout(resolve))
  expect([awake.state, awake.wanted, locks[0]?.released]).toEqual(['off', false, true])
  cafe.open = true
  await awake.choose(true)
  await awake.choose(false)
  expect(locks.map(({ released }) => released)).toEqual([true, true])
})

test('a browser that refuses, or takes it back in sight, or cannot do it, is told apart', async () => {
  const refusing = setup({ refuses: true })
  await refusing.awake.choose(true)
  expect(refusing.awake.state).toBe('refused')
  const { awake, locks } = setup()
  await awake.choose(true)
  await locks[0]?.release()
  expect(awake.state).toBe('refused')
  const none = setup({ none: true })
  await none.awake.choose(true)
  expect(none.awake.state).toBe('unsupported')
})
