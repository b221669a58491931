/**
 * The single executable, made here and copied alone into an empty folder: it needs no path, no home and no other file to be
 * the relay with the app, or a cafe. Its native addons are its own: what lies in their place is compared, and replaced.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ROOT } from '../fixtures/image.ts'
import { lineOf } from '../fixtures/packed.ts'
import { ask } from '../net/relay-fixture.ts'

const NAME = process.platform === 'win32' ? 'popup-cafe.exe' : 'popup-cafe'
const FREE_PORTS = ['--port', '0', '--json']

describe('the executable', () => {
  let folder: string
  let program: string
  const running: ChildProcess[] = []

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, '.scripts/pack.mjs'), '--exe'])
    console.log(`the executable has ${Math.round(statSync(join(ROOT, 'dist', NAME)).size / 1e6)} MB`)
    folder = mkdtempSync(join(tmpdir(), 'cafe-executable-'))
    program = join(folder, NAME)
    copyFileSync(join(ROOT, 'dist', NAME), program)
  }, 300_000)

  afterEach(async () => {
    for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const addons = (): string => join(folder, 'addons')
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { PATH: '', HOME: '', POPUP_CAFE_CACHE: addons(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    return child
  }
  const stop = async (child: ChildProcess): Promise<unknown> => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    return (await ended)[0]
  }
  /** Exit code and all it has said, of one that ends by itself. */
  const result = async (child: ChildProcess) => {
    const said = { out: '', err: '' }
    child.stdout?.on('data', (text) => {
      said.out += text
    })
    child.stderr?.on('data', (text) => {
      said.err += text
    })
    const [code] = await once(child, 'close')
    return { code, ...said }
  }

  it('says what it is, and what it can do', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await result(start(['--version']))).toEqual({ code: 0, out: `${version}\n`, err: '' })
    const help = await result(start(['--help']))
    expect([help.code, help.err]).toEqual([0, ''])
    for (const role of ['relay', 'cafe']) {
      expect(help.out).toContain(`popup-cafe ${role === 'relay' ? '[relay]' : role}`)
      expect((await result(start([role, '--help']))).out).toContain('--port <n>')
    }
    const wrong = await result(start(['constructor']))
    expect([wrong.code, wrong.out]).toEqual([2, ''])
    expect(wrong.err).toContain('There is no "constructor".')
    expect((await result(start(['--no-such-flag']))).code).toBe(2)
    expect(readdirSync(folder)).toEqual([NAME])
  })

  it('serves the app, every file as it was built, gives a seat to a peer, and stops when told', async () => {
    const since = performance.now()
    const child = start(FREE_PORTS)
    const { url, relay } = (await lineOf(child)) as { url: string; relay: string[] }
    console.log(`ready after ${Math.round(performance.now() - since)} ms`)
    const app = join(ROOT, 'dist/app')
    const page = await ask(url, '/')
    expect([page.status, page.body]).toEqual([200, readFileSync(join(app, 'index.html'), 'latin1')])
    const files = globSync('assets/*.{js,css}', { cwd: app })
    expect(files.length).toBeGreaterThan(10)
    for (const file of [...files, 'sw.js', 'manifest.webmanifest']) {
      const { status, body } = await ask(url, `/${file}`)
      expect([file, status, body === readFileSync(join(app, file), 'latin1')]).toEqual([file, 200, true])
    }
    expect((await ask(url, '/ipfs/bafy')).status).toBe(404)

    const peer = await createLibp2p({
      addresses: { listen: [`${relay[0]}/p2p-circuit`] },
      transports: [webSockets(), circuitRelayTransport()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    })
    try {
      await vi.waitFor(() => expect(peer.getMultiaddrs().map(String).join()).toContain('/p2p-circuit/'), 20_000)
      expect(JSON.parse((await ask(url, '/health')).body)).toMatchObject({ ok: true, reservations: 1 })
    } finally {
      await peer.stop()
    }
    const { port } = new URL(url)
    expect((await result(start(['health'], { PORT: port }))).code).toBe(0)
    expect(await stop(child)).toBe(0)
    expect((await result(start(['health'], { PORT: port }))).code).toBe(1)
  })

  it('is a cafe too, which is the same one after a restart', async () => {
    const first = start(['cafe', ...FREE_PORTS])
    const { url, peerId } = await lineOf(first)
    expect((await ask(String(url), '/health')).status).toBe(200)
    expect(await stop(first)).toBe(0)
    const second = start(['cafe', ...FREE_PORTS])
    expect((await lineOf(second)).peerId).toBe(peerId)
    expect(await stop(second)).toBe(0)
  })

  describe('has its native addons within:', () => {
    const placed = (): string =>
      join(addons(), readdirSync(addons()).find((name) => name.startsWith('classic-level')) as string)
    const openAndStop = async (): Promise<void> => {
      const child = start(['cafe', ...FREE_PORTS])
      await lineOf(child)
      expect(await stop(child)).toBe(0)
    }

    it('they are put where nobody else can write, with their hash', async () => {
      await openAndStop()
      expect(statSync(addons()).mode & 0o777).toBe(0o700)
      expect(readFileSync(placed()).equals(readFileSync(join(ROOT, 'dist/pack/addons/classic-level.node')))).toBe(true)
    })

    it('what was changed there is not loaded, but replaced', async () => {
      await openAndStop()
      writeFileSync(placed(), 'not an addon')
      await openAndStop()
      expect(readFileSync(placed()).equals(readFileSync(join(ROOT, 'dist/pack/addons/classic-level.node')))).toBe(true)
    })

    it('where they cannot be put, it says what is off, and is a relay all the same', async () => {
      writeFileSync(join(folder, 'taken'), '')
      const env = { POPUP_CAFE_CACHE: join(folder, 'taken', 'addons') }
      const { code, err, out } = await result(start(['cafe', ...FREE_PORTS], env))
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain(
        'The native addon classic-level cannot be loaded: a cafe cannot keep its data in a folder here.',
      )
      const args = [...FREE_PORTS, '--webrtc-port', '0']
      const whole = start(args)
      expect(String((await lineOf(whole)).relay)).toContain('/webrtc-direct/certhash/')
      expect(await stop(whole)).toBe(0)
      const child = start(args, env)
      const told = result(child)
      const { url, relay } = await lineOf(child)
      expect(String(relay)).not.toContain('webrtc-direct')
      expect((await ask(String(url), '/health')).status).toBe(200)
      expect(await stop(child)).toBe(0)
      expect((await told).err).toContain('WebRTC-direct is off')
    })

    it('a folder that others can write to is not trusted', async () => {
      const shared = join(folder, 'shared')
      mkdirSync(shared)
      execFileSync('chmod', ['777', shared])
      const { code, err } = await result(start(['cafe', ...FREE_PORTS], { POPUP_CAFE_CACHE: shared }))
      expect(code).toBe(1)
      expect(err).toContain('is not this user’s alone')
      expect(readdirSync(shared)).toEqual([])
    })
  })
})
