/** Files from other apps: kept until the person has decided, in place of what was shared before. */
import { describe, expect, it } from 'vitest'
import { forgetShared, listShared, receiveShared, SHARE_PATH } from '../../src/rpc/shared-files.ts'

/** Caches as the platform has them, as far as they are used. */
function memoryCaches(): Pick<CacheStorage, 'open' | 'delete'> {
  const all = new Map<string, Map<string, Response>>()
  return {
    async open(name) {
      const entries = all.get(name) ?? new Map<string, Response>()
      all.set(name, entries)
      return {
        put: async (key: string, response: Response) => void entries.set(key, response),
        keys: async () => [...entries.keys()].map((key) => new Request(key)),
        match: async ({ url }: Request) => entries.get(url)?.clone(),
      } as unknown as Cache
    },
    delete: async (name) => all.delete(name),
  }
}

const share = (caches: ReturnType<typeof memoryCaches>, files: readonly (File | string)[], field = 'files') => {
  const body = new FormData()
  for (const file of files) body.append(field, file)
  return receiveShared(caches, new Request(`http://cafe.localhost${SHARE_PATH}`, { method: 'POST', body }))
}
const namesIn = async (caches: ReturnType<typeof memoryCaches>) => (await listShared(caches)).map(({ name }) => name)

describe('shared files', () => {
  it('are there in order with name, type and bytes, and the browser is led to the view that shows them', async () => {
    const caches = memoryCaches()
    const answer = await share(caches, [
      new File(['hello'], 'Grüße 🌻.txt', { type: 'text/plain' }),
      new File(['x'], 'b'),
    ])
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, 'http://cafe.localhost/#files'])
    const [first, second] = await listShared(caches)
    expect(first).toMatchObject({ name: 'Grüße 🌻.txt', type: 'text/plain', size: 5 })
    expect(await first?.text()).toBe('hello')
    expect(second?.name).toBe('b')
  })

  it('take the place of what was shared before, and are gone once there is a decision', async () => {
    const caches = memoryCaches()
    await share(caches, [new File(['1'], 'a'), new File(['2'], 'b')])
    await share(caches, [new File(['3'], 'c')])
    expect(await namesIn(caches)).toEqual(['c'])
    await forgetShared(caches)
    expect(await namesIn(caches)).toEqual([])
  })

  it('are files only, and not more than a person can look through; names that are no text do no harm', async () => {
    const caches = memoryCaches()
    await share(caches, [
      'no file',
      new File(['1'], 'a'),
      ...Array.from({ length: 99 }, (_, i) => new File([], `${i}`)),
    ])
    expect(await namesIn(caches)).toHaveLength(64)
    await share(caches, [new File(['1'], 'a')], 'other')
    expect(await namesIn(caches)).toEqual([])
    await share(caches, [new File(['1'], `${'𝒳'.repeat(300)}\ud800`)])
    expect((await namesIn(caches))[0]).toBe('𝒳'.repeat(255))
  })
})
