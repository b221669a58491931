/**
 * Answers of the plain http server to a certificate authority that looks whether a name leads here (RFC 8555 §8.3): only to
 * what is being proved at this moment.
 */
import type { Route } from '../http.ts'

const PATH = '/.well-known/acme-challenge/'

export interface Challenges {
  readonly route: Route
  /** Answers for `token` until the returned function is called. */
  show(token: string, proof: string): () => void
}

export function createChallenges(): Challenges {
  // As many as there are names in one order.
  const wanted = new Map<string, string>()
  return {
    show(token, proof) {
      wanted.set(token, proof)
      return () => void wanted.delete(token)
    },
    route: {
      name: 'acme',
      matches: ({ pathname }) => pathname.startsWith(PATH),
      async answer(request, response) {
        const safe = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
        if (request.method !== 'GET' && request.method !== 'HEAD')
          return void response.writeHead(405, { ...safe, Allow: 'GET, HEAD' }).end()
        const token = (request.url ?? '').split(/[?#]/, 1)[0]?.slice(PATH.length) ?? ''
        const proof = wanted.get(token)
        if (proof === undefined) return void response.writeHead(404, safe).end()
        response.writeHead(200, { ...safe, 'Content-Type': 'application/octet-stream' })
        response.end(request.method === 'HEAD' ? undefined : proof)
      },
    },
  }
}
