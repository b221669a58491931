/** An entry of a thread with the keys of its files: its page, which is kept nowhere. */

import type { KeyMap } from '../crypto/key-map.ts'
import { readEntry } from './entry.ts'
import { entryPage } from './entry-page.ts'
import type { Job } from './job.ts'
import type { ResolvedDirectory } from './resolve.ts'
import { isolation, PRIVATE } from './respond.ts'

export async function answerEntry(found: ResolvedDirectory, keys: KeyMap, job: Job): Promise<Response> {
  const { slash, pathname, method } = job.request
  const base = slash ? './' : `./${pathname.split('/').at(-1)}/`
  const body = new TextEncoder().encode(entryPage(await readEntry(found, keys, job), base, job.words))
  return new Response(method === 'HEAD' ? null : body, {
    headers: {
      ...isolation('gallery'),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': String(body.byteLength),
      'Cache-Control': PRIVATE,
      Vary: 'Accept, Accept-Language',
    },
  })
}
