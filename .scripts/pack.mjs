/**
 * `npm run pack`: the relay and the cafe as one script with everything it needs from packages, in `dist/pack`, beside the
 * native addons of this platform. Node runs it anywhere, without `node_modules`; images are made of it.
 * `npm run pack:exe` goes on and makes of it, the built app and Node itself one executable, `dist/popup-cafe`.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'postject'
import { build } from 'vite'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...names) => join(ROOT, ...names)
const PACK = at('dist', 'pack')
const SCRIPT = join(PACK, 'popup-cafe.cjs')
const EXECUTABLE = at('dist', process.platform === 'win32' ? 'popup-cafe.exe' : 'popup-cafe')
/** Marks the place in Node's binary that says whether a program was put into it; the value is Node's. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/** Packages with native addons: the module of theirs that looks for its binary, and how to find the one of this platform. */
const ADDONS = [
  {
    name: 'node-datachannel',
    loader: /node-datachannel\/dist\/esm\/lib\/node-datachannel\.mjs$/,
    binary: () => require.resolve(`@node-datachannel/${platformOf('node-datachannel')}`),
  },
  {
    name: 'classic-level',
    loader: /classic-level\/binding\.js$/,
    binary: () => require('node-gyp-build').resolve(at('node_modules', 'classic-level')),
  },
]
const require = createRequire(import.meta.url)

/** The platform's part of the names of a package's optional dependencies, such as `linux-x64-gnu`. */
function platformOf(name) {
  const start = `${process.platform}-${process.arch}`
  const musl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime
  const all = Object.keys(require(at('node_modules', name, 'package.json')).optionalDependencies)
  const fitting = all.map((each) => each.split('/')[1]).filter((each) => each.startsWith(start))
  return fitting.find((each) => each.endsWith('-musl') === musl) ?? start
}

/** Puts our loader of addons in the place of the packages' own, and the version into its module. */
function joined() {
  const addons = JSON.stringify(at('relay', 'pack', 'addons.ts'))
  return {
    name: 'cafe:pack',
    enforce: 'pre',
    load(id) {
      const path = id.split(sep).join('/')
      const found = ADDONS.find(({ loader }) => loader.test(path))
      if (!found) return
      const name = JSON.stringify(found.name)
      return path.endsWith('.mjs')
        ? `import { addon } from ${addons}\nexport default addon(${name})`
        : `module.exports = require(${addons}).addon(${name})`
    },
    transform: {
      filter: { id: /\/relay\/pack\/version\.ts$/ },
      handler: () => `export const VERSION = ${JSON.stringify(require('../package.json').version)}`,
    },
  }
}

async function pack() {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [joined()],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: PACK,
      emptyOutDir: true,
      target: 'node24',
      minify: true,
      // What fails at a stranger's place must say where.
      rolldownOptions: {
        input: { 'popup-cafe': 'relay/pack/main.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false, minify: { mangle: false } },
      },
    },
  })
  const code = readFileSync(SCRIPT, 'utf8')
  mkdirSync(join(PACK, 'addons'), { recursive: true })
  for (const { name, binary } of ADDONS) {
    if (!code.includes(`addon(\`${name}\`)`) && !code.includes(`addon("${name}")`)) continue
    copyFileSync(binary(), join(PACK, 'addons', `${name}.node`))
  }
}

async function makeExecutable() {
  const files = (folder) => globSync('**', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
  const assets = (folder, prefix) =>
    files(folder).map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [`${prefix}${relative(folder, path).split(sep).join('/')}`, path]
    })
  const config = at('dist', 'sea.json')
  const blob = at('dist', 'sea.blob')
  writeFileSync(
    config,
    JSON.stringify({
      main: SCRIPT,
      output: blob,
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
      assets: Object.fromEntries([...assets(at('dist', 'app'), 'app/'), ...assets(join(PACK, 'addons'), 'addons/')]),
    }),
  )
  const made = spawnSync(process.execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 2, 2] })
  if (made.status !== 0) throw new Error('Node could not make the program for the executable.')
  rmSync(EXECUTABLE, { force: true })
  copyFileSync(process.execPath, EXECUTABLE)
  chmodSync(EXECUTABLE, 0o755)
  const mac = process.platform === 'darwin'
  if (mac) spawnSync('codesign', ['--remove-signature', EXECUTABLE], { stdio: ['ignore', 2, 2] })
  await inject(EXECUTABLE, 'NODE_SEA_BLOB', readFileSync(blob), {
    sentinelFuse: FUSE,
    ...(mac && { machoSegmentName: 'NODE_SEA' }),
  })
  if (mac) spawnSync('codesign', ['--sign', '-', EXECUTABLE], { stdio: ['ignore', 2, 2] })
  for (const file of [config, blob]) rmSync(file)
}

const sizeOf = (file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`

await pack()
console.log(`dist/pack/popup-cafe.cjs  ${sizeOf(SCRIPT)}`)
for (const name of globSync('addons/*', { cwd: PACK })) console.log(`dist/pack/${name}  ${sizeOf(join(PACK, name))}`)
if (process.argv.includes('--exe')) {
  await makeExecutable()
  console.log(`${relative(ROOT, EXECUTABLE)}  ${sizeOf(EXECUTABLE)}`)
}
