/** The relay as a program: what it prints, how it fails, how it stops. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ask, createFolder } from './relay-fixture.ts'

const MAIN = fileURLToPath(new URL('../../relay/main.ts', import.meta.url))
const folder = createFolder()
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => folder.remove())

interface Running {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [MAIN, '--app', folder.app, '--data', folder.data, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return { child, out: () => out, err: () => err, exit: once(child, 'close').then(([code]) => code) }
}

async function ready(running: Running): Promise<{ url: string; relay: string[]; peerId: string; pid: number }> {
  await Promise.race([once(running.child.stdout as NodeJS.ReadableStream, 'data'), running.exit])
  return JSON.parse(running.out())
}

describe('the relay program', () => {
  it('prints one line of JSON when ready and leaves with 0 on a signal, whoever is connected', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const running = start('--port', '0', '--relay-port', '0', '--json')
      const { url, relay, peerId, pid } = await ready(running)
      expect(url).toMatch(/^http:\/\/cafe\.localhost:\d+\/$/)
      expect(relay[0]).toContain(`/p2p/${peerId}`)
      expect(pid).toBe(running.child.pid)
      expect((await ask(url, '/health')).status).toBe(200)
      const sockets = [new URL(url).port, relay[0]?.split('/')[4]].map((port) => connect(Number(port), '127.0.0.1'))
      for (const socket of sockets) socket.on('error', () => {})
      await Promise.all(sockets.map((socket) => once(socket, 'connect')))
      running.child.kill(signal)
      running.child.kill(signal)
      expect(await running.exit).toBe(0)
      expect(running.out().trim().split('\n')).toHaveLength(1)
      expect(running.err()).toBe('')
      for (const socket of sockets) socket.destroy()
    }
  }, 30_000)

  it('tells a person where it is', async () => {
    const running = start('--port', '0', '--relay-port', '0')
    await once(running.child.stdout as NodeJS.ReadableStream, 'data')
    expect(running.out()).toMatch(/http:\/\/cafe\.localhost:\d+\/\n/)
    expect(running.out()).toMatch(/\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3KooW/)
  }, 30_000)

  it.each([
    ['--port', '--relay-port'],
    ['--relay-port', '--port'],
  ])(
    'names a taken port and the flag that changes it: %s',
    async (taken, free) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as { port: number }
      const running = start(taken, String(port), free, '0')
      expect(await running.exit).toBe(1)
      expect(running.err()).toBe(`Port ${port} is already in use. Choose another one with ${taken} <n>.\n`)
      expect(running.out()).toBe('')
      other.close()
    },
    30_000,
  )

  it('drains on SIGTERM when it was given time, logs that as JSON, and leaves with 0', async () => {
    const running = start('--port', '0', '--relay-port', '0', '--json', '--log', 'json', '--drain', '30')
    const { url } = await ready(running)
    running.child.kill('SIGTERM')
    await expect.poll(async () => (await ask(url, '/health')).status, { timeout: 10_000 }).toBe(503)
    expect(await running.exit).toBe(0)
    const said = running
      .err()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).message)
    expect(said).toEqual(['draining', 'drained'])
  }, 60_000)

  it('refuses an unknown flag with exit code 2', async () => {
    const running = start('--bogus')
    expect(await running.exit).toBe(2)
    expect(running.err()).toContain('--bogus')
  }, 30_000)

  it('logs requests only when told, without their query', async () => {
    const running = start('--port', '0', '--relay-port', '0', '--json', '--verbose')
    const { url } = await ready(running)
    await ask(url, '/ipfs/x?key=canary')
    running.child.kill('SIGTERM')
    await running.exit
    expect(running.err()).toContain('path=/ipfs/x status=404')
    expect(running.err()).not.toContain('canary')
  }, 30_000)
})
