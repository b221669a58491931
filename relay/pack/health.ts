/** Asks a running relay or cafe whether it is well, as a supervisor does: no program but this one is needed. */
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'

/** Milliseconds for the whole answer: a program that needs longer for one short line is not well. */
const PATIENCE = 4000
/** Bytes read of an answer; `/health` is a few hundred. */
const MOST = 16_384

/** Whether it is well, and a line for whoever reads the supervisor's log. */
export interface Finding {
  readonly well: boolean
  readonly text: string
}

/**
 * Asks for `/health`.
 * @param url of it; else the port of this machine that `port` names, 8080 without.
 */
export async function askHealth(url: string | undefined, port: string | undefined): Promise<Finding> {
  const target = URL.parse(url ?? `http://127.0.0.1:${port || 8080}/health`)
  if (!target || !/^https?:$/.test(target.protocol))
    return { well: false, text: `"${url}" is no address of a web server.` }
  try {
    const { status, body } = await get(target)
    return { well: status === 200, text: `${status} ${body.trim()}` }
  } catch (error) {
    return { well: false, text: `${target.origin} does not answer: ${error instanceof Error ? error.message : error}` }
  }
}

function get(url: URL): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>()
  // It asks this machine about itself: whose name the certificate bears is for others to check.
  const options = { agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(PATIENCE) }
  const request = (url.protocol === 'https:' ? secure : plain)(url, options, (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      if (body.length < MOST) body += text
    })
    response.on('end', () => resolve({ status: response.statusCode, body }))
    response.on('error', reject)
  })
  request.on('error', reject)
  request.end()
  return promise
}
