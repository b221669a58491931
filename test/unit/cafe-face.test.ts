/** What a cafe's HTTP face does with a request before anybody answers it. */
import { describe, expect, it } from 'vitest'
import { createFace, type Face } from '../../src/cafe/face.ts'
import { HTTP_REQUESTS } from '../../src/core/limits.ts'

interface Opened {
  readonly face: Face
  /** What was asked of the service `pin`. */
  readonly asked: string[]
  /** Ends the oldest request that is not over. */
  readonly end: () => void
  readonly over: () => number
}

function open(): Opened {
  const asked: string[] = []
  const running: Array<() => void> = []
  let over = 0
  const face = createFace({
    onEnd: () => {
      over += 1
    },
  })
  face.addService('pin', async (op, _request, _context, ended = () => {}) => {
    asked.push(op)
    running.push(ended)
    return new Response('said')
  })
  face.addRoot('pins', async (request) => new Response(new URL(request.url).pathname))
  return { face, asked, end: () => running.shift()?.(), over: () => over }
}

const ask = (face: Face, path: string, init: RequestInit = {}): Promise<Response> =>
  face.fetch(new Request(`http://cafe.test${path}`, { method: 'POST', ...init }))

describe('a face', () => {
  it('gives each service its operations, whatever the query says', async () => {
    const { face, asked } = open()
    expect(await (await ask(face, '/pin/list')).text()).toBe('said')
    await ask(face, '/pin/unpin?key=x#y')
    expect(asked).toEqual(['list', 'unpin'])
  })

  it('gives what has a root of its own everything below it', async () => {
    const { face } = open()
    for (const path of ['/pins', '/pins/', '/pins/a/b']) expect(await (await ask(face, path)).text()).toBe(path)
  })

  it.each([
    '/',
    '/pin/list/',
    '/pin/list/x',
    '//pin/list',
    '/%70in/list',
    '/PIN/list',
    '/session/list',
    '/__proto__/x',
  ])('has nothing at %s', async (path) => {
    const { face, asked } = open()
    const response = await ask(face, path, { headers: { accept: 'application/vnd.ipld.dag-json' } })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ err: 'UNSUPPORTED' })
    expect(asked).toEqual([])
  })

  it('tells a page that asks first what it may send', async () => {
    const { face } = open()
    const { status, headers } = await ask(face, '/pin/list', { method: 'OPTIONS' })
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE')
  })

  it('answers so many at once and no more, until one of them is over', async () => {
    const { face, end, over } = open()
    for (let i = 0; i < HTTP_REQUESTS; i++) expect((await ask(face, '/pin/list')).status).toBe(200)
    const busy = await ask(face, '/pin/list')
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await ask(face, '/pins')).status).toBe(429)
    end()
    expect(over()).toBe(1)
    expect((await ask(face, '/pin/list')).status).toBe(200)
    expect((await ask(face, '/pin/list')).status).toBe(429)
  })

  it('counts what was refused or answered at once as over', async () => {
    const { face, over } = open()
    for (let i = 0; i < 2 * HTTP_REQUESTS; i++) {
      expect((await ask(face, '/nobody/x')).status).toBe(404)
      expect((await ask(face, '/pins')).status).toBe(200)
    }
    expect(over()).toBe(4 * HTTP_REQUESTS)
  })

  it('is unreachable when its cafe has closed', async () => {
    const { face, asked } = open()
    face.close()
    const response = await ask(face, '/pin/list')
    expect([response.status, await response.json()]).toEqual([504, { err: 'UNREACHABLE', data: {} }])
    expect(asked).toEqual([])
  })
})
