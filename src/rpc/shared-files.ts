/**
 * Files that other apps share with this one (Web Share Target): the service worker receives them, and a page takes them
 * when it comes up, which may be a moment or a restart later. Until then they lie in a cache of this origin. Any site can
 * send such a form, so nothing is done with them before the person has said yes.
 */

/** Where the manifest has them sent. */
export const SHARE_PATH = '/share'
/** The view that shows them. */
const THEN = '/#files'

const CACHE = 'shared-files'
const FIELD = 'files'
/** Files of one share: a camera's day. */
const MAX_SHARED = 64
const MAX_NAME = 255
const NAME = 'X-Name'

type Caches = Pick<CacheStorage, 'open' | 'delete'>

/** Keeps the files of a form, in place of what was shared before, and leads to the view that shows them. */
export async function receiveShared(caches: Caches, request: Request): Promise<Response> {
  const form = await request.formData()
  const files = form.getAll(FIELD).filter((part) => part instanceof File)
  await keepShared(caches, files, request.url)
  return Response.redirect(new URL(THEN, request.url), 303)
}

/** Keeps files until the person decides, in place of what was shared before. `base` is any address of this origin. */
export async function keepShared(caches: Caches, files: readonly File[], base: string): Promise<void> {
  await caches.delete(CACHE)
  const cache = await caches.open(CACHE)
  for (const [i, file] of files.slice(0, MAX_SHARED).entries()) {
    const headers = { [NAME]: encodeURIComponent(cut(file.name)), 'Content-Type': file.type }
    await cache.put(new URL(`${SHARE_PATH}/${String(i).padStart(3, '0')}`, base).href, new Response(file, { headers }))
  }
}

/** Files that wait for an answer, in the order they were shared. */
export async function listShared(caches: Caches): Promise<readonly File[]> {
  const cache = await caches.open(CACHE)
  const files: File[] = []
  for (const request of await cache.keys()) {
    const response = await cache.match(request)
    if (!response) continue
    const blob = await response.blob()
    files.push(new File([blob], decodeURIComponent(response.headers.get(NAME) ?? 'file'), { type: blob.type }))
  }
  return files
}

/** The person has decided: they are gone. */
export async function forgetShared(caches: Caches): Promise<void> {
  await caches.delete(CACHE)
}

/** Whole code points, since half of one cannot be encoded. */
const cut = (name: string): string => [...name.toWellFormed()].slice(0, MAX_NAME).join('')
