/**
 * A file at a cafe in a tab, read through the relay's door, and the same file by the same handler straight from a server in
 * Node: what the two streams and the tab cost.
 */
import { get } from 'node:http'
import { CafeError } from '../../src/core/errors.ts'
import { blocksHere } from '../../src/gateway/blocks-here.ts'
import { createDoorAnswer } from '../../src/gateway/door.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { importFile } from '../../src/peer/import.ts'
import { memoryBlocks } from '../../src/store/memory.ts'
import { serve } from '../conformance/http-host.ts'
import { SAMPLE_BYTES, sampleBytes } from '../fixtures/profiles.ts'
import type { Context } from './context.ts'

export interface DoorWorld {
  /** Milliseconds to the first byte and to the last one. */
  through(): Promise<Took>
  directly(): Promise<Took>
  close(): Promise<void>
}

export interface Took {
  readonly first: number
  readonly all: number
}

/** Brings a file of `size` bytes to both. */
export async function openDoor(context: Context, size: number): Promise<DoorWorld> {
  const { host, guest } = await context.world()
  const blocks = memoryBlocks()
  const file = new Blob([sampleBytes(size, 11)]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>
  const cid = await importFile(file, null, (at, bytes) => blocks.put(at, bytes), {
    signal: new AbortController().signal,
  })
  const added = await guest.page.evaluate(
    async ([source, size]) => {
      const bytes = new Function(`return ${source}`)()(size, 11) as Uint8Array<ArrayBuffer>
      return (await cafe.pins.add(new File([bytes], 'bench.bin'), { plaintext: true })).cid
    },
    [SAMPLE_BYTES, size] as const,
  )
  if (added !== `${cid}`) throw new Error('the two are not the same file')
  const { url } = await host.page.evaluate(() => cafe.host.setDoor({ open: true, daily: 1e13 }))
  const nothing = async (): Promise<never> => Promise.reject(new CafeError('NOT_FOUND'))
  const answer = createDoorAnswer({
    gateway: createGateway({ blocks: blocksHere(blocks) }),
    ...{ services: nothing, decrypts: () => false, describe: nothing, name: () => 'Bench' },
  })
  const server = await serve((request) => answer(request, { signal: request.signal, headers: request.headers }))
  const door = new URL(`${url}ipfs/${cid}`.replace('//cafe.localhost', '//127.0.0.1'))
  const direct = new URL(`http://127.0.0.1:${server.port}/ipfs/${cid}`)
  return { through: () => read(door, size), directly: () => read(direct, size), close: server.close }
}

/** Reads all of a file as a program does, on a connection of its own. */
function read(url: URL, size: number): Promise<Took> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let first = 0
      let came = 0
      response.on('data', (piece: Buffer) => {
        first ||= performance.now() - started
        came += piece.byteLength
      })
      response.on('error', reject)
      response.on('end', () =>
        came === size ? resolve({ first, all: performance.now() - started }) : reject(new Error(`${came} bytes`)),
      )
    }).on('error', reject)
  })
}
