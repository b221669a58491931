/** A small app folder and ways to ask a relay, for the relay's tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RelayConfig } from '../../relay/config.ts'

export const PAGE = '<!doctype html><title>shell</title>'

const FILES = {
  'index.html': PAGE,
  'sw.js': 'self.onfetch = null',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/index-abc.js': `export const big = '${'x'.repeat(4096)}'`,
  'assets/index-abc.css': 'body {}',
}

/** A temporary folder with `app` and room for `data`; removed by `remove`. */
export function createFolder(): { app: string; data: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'cafe-relay-'))
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(root, 'app', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const remove = () => rmSync(root, { recursive: true, force: true })
  return { app: join(root, 'app'), data: join(root, 'data'), remove }
}

export const configOf = (folder: { app: string; data: string }, more: Partial<RelayConfig> = {}): RelayConfig => ({
  preset: 'table',
  contentHost: undefined,
  port: 0,
  relayPort: 0,
  host: 'localhost',
  data: folder.data,
  app: folder.app,
  noApp: false,
  json: false,
  verbose: false,
  announce: [],
  iceServers: [],
  ...more,
})

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks the relay at `url` for `path` (sent as it is), under its own name unless `headers` say otherwise. */
export function ask(
  url: string,
  path: string,
  {
    method = 'GET',
    address = '127.0.0.1',
    headers = {},
  }: { method?: string; address?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { host, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const req = request({ host: address, port, path, method, agent: false, headers: { host, ...headers } }, (res) => {
      let body = ''
      res.setEncoding('latin1')
      res.on('data', (chunk) => {
        body += chunk
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }))
    })
    req.on('error', reject)
    req.end()
  })
}
