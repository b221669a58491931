/**
 * `npm run dev`: Vite's development server with a relay behind it. It answers `/config.json`, `/health`, `/sw.js` and `/reset.js`
 * (built anew at each request) and `/ipfs/*` as the real relay does. Takes the relay's flags.
 */
import { readFile } from 'node:fs/promises'
import { createBuilder, createServer } from 'vite'
import { readConfig, USAGE } from '../relay/config.ts'
import { explain } from '../relay/explain.ts'
import { createRelay } from '../relay/relay.ts'
import { createLog } from '../src/core/log.ts'

const config = await Promise.try(readConfig, process.argv.slice(2), process.env).catch(fail)
if (config === 'help') {
  process.stdout.write(USAGE)
  process.exit(0)
}
const log = createLog((level, line) => console.error(level, line), config.verbose ? 'debug' : 'info')
const relay = await createRelay({ ...config, port: 0, noApp: true }, { log }).catch(fail)
// Node does not resolve *.localhost, browsers do.
const target = relay.url.replace('cafe.localhost', '127.0.0.1')

const server = await createServer({
  server: {
    host: config.host === 'localhost' ? '127.0.0.1' : config.host,
    port: config.port,
    strictPort: true,
    proxy: { '/config.json': target, '/health': target },
  },
  plugins: [{ name: 'cafe:development', configureServer: (vite) => void vite.middlewares.use(answer(vite)) }],
})
await server.listen()
const { port } = server.httpServer.address()
console.log(`Popup Cafe is in development at http://cafe.localhost:${port}/\nRelay: ${relay.multiaddrs.join(' ')}`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    Promise.race([Promise.all([server.close(), relay.stop()]), new Promise((done) => setTimeout(done, 1500))]).then(
      () => process.exit(0),
    )
  })
}

function fail(error) {
  const [code, text] = explain(error)
  console.error(text)
  process.exit(code)
}

function answer(vite) {
  return async (req, res, next) => {
    const [path] = req.url.split('?', 1)
    try {
      if (path === '/sw.js' || path === '/reset.js') {
        res.setHeader('Content-Type', 'text/javascript')
        res.setHeader('Cache-Control', 'no-cache')
        res.end(await buildAlone(path === '/sw.js' ? 'sw' : 'reset'))
      } else if (/^\/ip[fn]s(\/|$)/.test(path)) {
        res.statusCode = 404
        res.setHeader('Content-Type', 'text/html; charset=utf-8')
        res.end(await vite.transformIndexHtml('/', await readFile('index.html', 'utf8')))
      } else next()
    } catch (error) {
      next(error)
    }
  }
}

/** One of the environments that make a single script. */
async function buildAlone(name) {
  const builder = await createBuilder({
    logLevel: 'warn',
    environments: { [name]: { build: { write: false, minify: false, sourcemap: 'inline' } } },
  })
  const result = await builder.build(builder.environments[name])
  return [result].flat()[0].output[0].code
}
