/** The description that a cafe gives at its door: valid, and every operation in it is really answered there. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Relay } from '../../relay/relay.ts'
import { utf8 } from '../unit/gateway-help.ts'
import { addFile, leadThrough, startRelay } from './door-fixture.ts'
import { type CafeNode, createCafeNode, createClient, keep } from './fixture.ts'
import { ask } from './relay-fixture.ts'

type Operations = Record<string, { readonly operationId: string; readonly security?: readonly unknown[] }>
interface Document {
  readonly servers: readonly [{ readonly url: string }]
  readonly paths: Record<string, Operations>
}

let relay: Relay
let cafe: CafeNode
let door: string
let token: string
let file: string
let document: Document

beforeAll(async () => {
  relay = await startRelay()
  cafe = keep(await createCafeNode())
  door = await leadThrough(relay, cafe)
  const guest = keep(await createClient(cafe))
  const wish = { label: 'a program', scopes: ['pin', 'snapshot', 'contact', 'inbox'] } as const
  token = (await guest.peer.bearers.grant(cafe.at.cafe, wish, { signal: AbortSignal.timeout(30_000) })).text
  file = `${await addFile(cafe.blocks, utf8('hello'))}`
  document = (await (await fetch(`${door}/openapi.json`)).json()) as Document
})

const METHODS = ['get', 'head', 'post', 'delete'] as const
const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  )

/** The address of an operation, with something in the place of each name. */
const addressOf = (path: string): string =>
  new URL(
    `.${path.replace('{cid}', file).replace(/\{\w+\}/g, 'x')}`,
    new URL(document.servers[0].url, `${door}/openapi.json`),
  ).href

describe('the description at the door', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate({ ...document })
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('lists nothing that is not answered', async () => {
    expect(operations().length).toBeGreaterThan(30)
    for (const { path, method, operation } of operations()) {
      const body = method === 'post' ? 'null\n' : undefined
      const type = path.startsWith('/pins') ? 'application/json' : 'application/vnd.ipld.dag-json'
      const ask = (headers: Record<string, string>) =>
        fetch(addressOf(path), { method, headers: { 'content-type': type, ...headers }, ...(body && { body }) })
      const answer = await ask({ authorization: `Bearer ${token}` })
      const text = await answer.text()
      // Nonsense is refused for what it is: an operation that is not there would be UNSUPPORTED, a route none at all.
      expect(`${operation.operationId} ${answer.status} ${text.slice(0, 200)}`).not.toMatch(/UNSUPPORTED| 50\d | 405 /)
      const isPublic = operation.security?.length === 0
      if (!isPublic) expect((await ask({})).status, operation.operationId).toBe(401)
      if (path === '/ipfs/{cid}' && method === 'get') expect(text).toBe('hello')
    }
  })
})

describe('the description at the relay', () => {
  const at = (): string => new URL('/openapi.json', door).href

  it('is a valid OpenAPI 3.1 document of what every cafe answers, below the name of the cafe', async () => {
    const answer = await fetch(at())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const whole = (await answer.json()) as Document
    expect((await new Validator().validate({ ...whole })).errors ?? []).toEqual([])
    expect(Object.keys(whole.paths)).toEqual(Object.keys(document.paths).map((path) => `/c/{cafe}${path}`))
    const content = '/c/{cafe}/ipfs/{cid}'
    expect(whole.paths).toHaveProperty([content])
    const address = content.replace('{cafe}', cafe.at.cafe).replace('{cid}', file)
    expect(await (await fetch(new URL(`.${address}`, new URL(whole.servers[0].url, at())))).text()).toBe('hello')
  })

  it('is read by pages of any origin, and not sent again to whoever has it', async () => {
    const first = await fetch(at(), { method: 'HEAD' })
    expect(first.headers.get('access-control-allow-origin')).toBe('*')
    expect(Number(first.headers.get('content-length'))).toBeGreaterThan(1000)
    const etag = first.headers.get('etag') as string
    expect((await fetch(at(), { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await fetch(at(), { headers: { 'if-none-match': '"another"' } })).status).toBe(200)
    const preflight = await fetch(at(), { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-None-Match')
    expect((await fetch(at(), { method: 'POST' })).status).toBe(405)
  })

  it('leaves that name to the websites that have hosts of their own', async () => {
    const { port } = new URL(relay.url)
    const host = (name: string) => ask(relay.url, '/openapi.json', { headers: { host: `${name}:${port}` } })
    expect((await host('cafe.localhost')).status).toBe(200)
    expect((await host(`${file}.cafe.localhost`)).status).toBe(404)
  })
})
