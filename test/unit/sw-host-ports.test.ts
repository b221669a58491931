/** Ports on their way to the tab that hosts: handed over when it says that it is there, given up when it does not. */
import { afterEach, describe, expect, it } from 'vitest'
import {
  HOST_HERE,
  isArrived,
  isHostHere,
  isPagePort,
  isToHost,
  isWhoHosts,
  PAGE_PORT,
  TO_HOST,
  WHO_HOSTS,
} from '../../src/rpc/sw-messages.ts'
import { createHostPorts } from '../../sw/host-ports.ts'

const open: MessagePort[] = []
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

function channel(): { near: MessagePort; far: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  open.push(port1 as MessagePort, port2 as MessagePort)
  return { near: port1 as MessagePort, far: port2 as MessagePort }
}

/** A tab that hosts: says its name on every port it gets. */
function hostTab(name: string) {
  const got: unknown[] = []
  return {
    got,
    postMessage(message: unknown, [port]: Transferable[]) {
      got.push(message)
      ;(port as MessagePort).postMessage({ life: name })
    },
  }
}

const firstMessage = (port: MessagePort): Promise<unknown> =>
  new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)
  })

describe('ports to the host', () => {
  it('reach the tab that answers, each once', async () => {
    const tab = hostTab('a')
    const ports = createHostPorts({ askWindows: async () => ports.arrived(tab) })
    for (let i = 0; i < 3; i++) {
      const { near, far } = channel()
      const answer = firstMessage(near)
      await ports.carry(far)
      expect(await answer).toEqual({ life: 'a' })
    }
    expect(tab.got).toEqual([PAGE_PORT, PAGE_PORT, PAGE_PORT])
  })

  it('that wait together go to the same tab at its one answer', async () => {
    const tab = hostTab('a')
    const ports = createHostPorts({ askWindows: async () => {} })
    const both = [channel(), channel()]
    const carried = both.map(({ far }) => ports.carry(far))
    ports.arrived(tab)
    await Promise.all(carried)
    ports.arrived(tab)
    expect(tab.got).toHaveLength(2)
  })

  it('are asked for anew each time, and never go to a tab that answered before', async () => {
    const tabs = [hostTab('a'), hostTab('b')]
    let asked = 0
    const ports = createHostPorts({
      askWindows: async () => {
        const tab = tabs[asked++]
        if (tab) ports.arrived(tab)
      },
    })
    await ports.carry(channel().far)
    await ports.carry(channel().far)
    expect(tabs.map(({ got }) => got.length)).toEqual([1, 1])
  })

  it('are given up when nobody answers, and not handed to who comes too late', async () => {
    const ports = createHostPorts({ askWindows: async () => {}, wait: 5 })
    await ports.carry(channel().far)
    const late = hostTab('late')
    ports.arrived(late)
    expect(late.got).toEqual([])
  })

  it('are given up when the windows cannot be asked', async () => {
    const ports = createHostPorts({
      askWindows: async () => {
        throw new Error('no clients')
      },
      wait: 5,
    })
    await ports.carry(channel().far)
    const late = hostTab('late')
    ports.arrived(late)
    expect(late.got).toEqual([])
  })

  it('wait in bounded number', async () => {
    const ports = createHostPorts({ askWindows: async () => {}, wait: 20 })
    const carried = Array.from({ length: 70 }, () => ports.carry(channel().far))
    const tab = hostTab('a')
    ports.arrived(tab)
    await Promise.all(carried)
    expect(tab.got).toHaveLength(64)
  })
})

describe('messages about the host', () => {
  it('are told apart, and from anything else', () => {
    const guards = [isToHost, isWhoHosts, isHostHere, isPagePort]
    const messages = [TO_HOST, WHO_HOSTS, HOST_HERE, PAGE_PORT]
    for (const [i, guard] of guards.entries())
      expect(messages.map((message) => guard(message))).toEqual(messages.map((_, at) => at === i))
    for (const guard of guards) for (const odd of [null, 7, 'cafe:to-host', {}, []]) expect(guard(odd)).toBe(false)
  })

  it('carry a lock name of bounded length', () => {
    expect(isArrived({ life: 'popup-cafe:host:1' })).toBe(true)
    for (const odd of [null, {}, { life: 7 }, { life: 'x'.repeat(129) }, 'life']) expect(isArrived(odd)).toBe(false)
  })
})
