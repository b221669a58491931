/**
 * One `vite build`, three places: the app (`dist/app`, page and workers), its service worker (`dist/app/sw.js`, one
 * classic script under a fixed name), what hosts of websites serve, and the relay and
 * the cafe for Node (`dist/relay/main.js`, `dist/relay/cafe.js`). The host's worker is built twice: as
 * modules, and as one classic script for browsers that run no module workers. The build fails over budget.
 * The development server is `.scripts/dev.mjs`.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite'
import { checkBudgets } from './.scripts/sizes.mjs'

/** Its hashed name is told to the page (see `classicName`), so it is built first. */
const classic: EnvironmentOptions = {
  consumer: 'client',
  // The development server has no use for it.
  optimizeDeps: { noDiscovery: true },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    copyPublicDir: false,
    // It cannot be split; the budgets say what is too large.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rolldownOptions: {
      input: { classic: 'src/worker/classic.ts' },
      output: { format: 'iife', entryFileNames: 'assets/worker-[name]-[hash].js', codeSplitting: false },
    },
  },
}

/** A classic script needs no `type: 'module'` at registration, and cannot be split: all of it is there offline. */
const serviceWorker: EnvironmentOptions = {
  consumer: 'client',
  build: {
    outDir: 'dist/app',
    copyPublicDir: false,
    rolldownOptions: {
      input: { sw: 'sw/main.ts' },
      output: { format: 'iife', entryFileNames: '[name].js', codeSplitting: false },
    },
  },
}

/** One classic script each: the page that repairs the app, and what hosts of websites serve. They need nothing of the rest. */
const loneScript = (name: string, input: string): EnvironmentOptions => ({
  consumer: 'client',
  build: {
    outDir: 'dist/app',
    copyPublicDir: false,
    rolldownOptions: {
      input: { [name]: input },
      output: { format: 'iife', entryFileNames: '[name].js', codeSplitting: false },
    },
  },
})

/** Packages stay in node_modules, where Node finds them; only our own modules are joined. */
const relay: EnvironmentOptions = {
  consumer: 'server',
  build: {
    outDir: 'dist/relay',
    ssr: true,
    minify: false,
    target: 'node22',
    copyPublicDir: false,
    rolldownOptions: {
      input: { main: 'relay/main.ts', cafe: 'relay/cafe/main.ts' },
      output: { entryFileNames: '[name].js' },
    },
  },
}

/** Modules of the first file that the bridge needs, too. */
const SHARED_WITH_BRIDGE = /\/src\/(core\/errors|ui\/trusted-types|ui\/sealed-link)\.ts$|vite\/preload-helper/

/** The page that websites show to be connected to the node: a script of the app, which shares its chunks, and no face. */
function siteBridge(): Plugin {
  return {
    name: 'cafe:site-bridge',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/ui/site-bridge.ts', name: 'site-bridge' })
    },
    generateBundle(_options, bundle) {
      const script = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === 'site-bridge')
      if (!script) this.error('the bridge was not built')
      const needs = (name: string, seen = new Set<string>()): Set<string> => {
        const file = bundle[name]
        if (file?.type === 'chunk' && !seen.has(name)) for (const next of file.imports) needs(next, seen.add(name))
        return seen.add(name)
      }
      const face = [...needs(script.fileName)].find((name) => name.includes('/first-'))
      if (face) this.error('the bridge would load what the page draws first: see SHARED_WITH_BRIDGE')
      const source = `<!doctype html>\n<meta charset="utf-8">\n<script type="module" src="/${script.fileName}"></script>\n`
      this.emitFile({ type: 'asset', fileName: 'site-bridge.html', source })
    },
  }
}

/** Writes the address of the classic host into the module of the page that tells it. */
function classicName(): Plugin {
  let name: string | undefined
  return {
    name: 'cafe:classic-name',
    apply: 'build',
    sharedDuringBuild: true,
    applyToEnvironment: (environment) => environment.name === 'classic' || environment.name === 'client',
    generateBundle(_options, bundle) {
      if (this.environment.name === 'classic') name = Object.keys(bundle).find((file) => file.endsWith('.js'))
    },
    transform: {
      filter: { id: /\/src\/ui\/classic-host\.ts$/ },
      handler() {
        if (!name) this.error('the classic host must be built before the page')
        return `export const CLASSIC_HOST = ${JSON.stringify(`/${name}`)}`
      },
    },
  }
}

/** Writes into the page which version of the app it is, and the day of its source: the same source gives the same files. */
function buildName(): Plugin {
  return {
    name: 'cafe:build-name',
    apply: 'build',
    transform: {
      filter: { id: /\/src\/ui\/build\.ts$/ },
      handler: () => `export const BUILD = ${JSON.stringify({ version: readVersion(), date: sourceDay() })}`,
    },
  }
}

const readVersion = (): string => JSON.parse(readFileSync('package.json', 'utf8')).version

/** By the habit of reproducible builds, else of the last commit; undefined where there is neither. */
function sourceDay(): string | undefined {
  const epoch = process.env.SOURCE_DATE_EPOCH ?? git(['log', '-1', '--format=%ct'])
  return /^\d{1,11}$/.test(epoch) ? new Date(Number(epoch) * 1000).toISOString().slice(0, 10) : undefined
}

/** What git says; empty where the source is no clone, or git is missing. */
function git(words: readonly string[]): string {
  const { stdout } = spawnSync('git', words, { encoding: 'utf8' })
  return stdout?.trim() ?? ''
}

/** Writes the names of the app's files into the service worker, which is new with each of them. */
function shellFiles(): Plugin {
  let names: string[] = []
  return {
    name: 'cafe:shell-files',
    apply: 'build',
    sharedDuringBuild: true,
    applyToEnvironment: (environment) => environment.name === 'client' || environment.name === 'sw',
    generateBundle(_options, bundle) {
      // Browsers that need the classic worker know no module workers; the others would fetch it for nothing.
      if (this.environment.name === 'client') names = Object.keys(bundle).filter((name) => name.startsWith('assets/'))
    },
    transform: {
      filter: { id: /\/sw\/shell-files\.ts$/ },
      handler() {
        if (names.length === 0) this.error('the page must be built before its service worker')
        const page = readFileSync('dist/app/index.html')
        const version = createHash('sha256').update(page).update(names.join()).digest('hex').slice(0, 16)
        const files = ['/index.html', '/favicon.svg', '/manifest.webmanifest', ...names.map((name) => `/${name}`)]
        return `export const SHELL_FILES = ${JSON.stringify(files)}\nexport const SHELL_VERSION = '${version}'`
      },
    },
  }
}

/** Text of at least this many bytes is worth it: less is one packet anyway. */
const MIN_PACKED = 1024

/** Writes each text of the app compressed beside it: once here and as small as can be, instead of at each start. */
const packed: Plugin = {
  name: 'cafe:packed',
  apply: 'build',
  buildApp: {
    order: 'post',
    handler: async () => {
      for (const entry of readdirSync('dist/app', { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name)
        if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest|wasm|txt)$/.test(file)) continue
        const bytes = readFileSync(file)
        if (bytes.byteLength < MIN_PACKED) continue
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength }
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  },
}

const budgets: Plugin = {
  name: 'cafe:budgets',
  apply: 'build',
  buildApp: {
    order: 'post',
    handler: async () => checkBudgets('dist/app'),
  },
}

export default defineConfig({
  appType: 'mpa',
  build: {
    outDir: 'dist/app',
    // The first build has emptied it.
    emptyOutDir: false,
    // Its polyfill is an inline script, which the page's policy forbids; every browser we support has it.
    modulePreload: { polyfill: false },
    // A data: URL for a worker or an image would leave /assets/, and the policy with it.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What is drawn first is one file, since a slow processor pays for each; the bridge takes its part of it and no more.
        codeSplitting: {
          groups: [
            { name: 'shared', test: SHARED_WITH_BRIDGE, priority: 2 },
            { name: 'first', test: /\/src\/ui\/main\.ts$/, priority: 1 },
          ],
        },
      },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { entryFileNames: 'assets/worker-[name]-[hash].js', chunkFileNames: 'assets/worker-[name]-[hash].js' },
    },
  },
  environments: {
    ...{ classic, sw: serviceWorker, relay },
    reset: loneScript('reset', 'src/ui/reset.ts'),
    site: loneScript('site-sw', 'sw/site.ts'),
    boot: loneScript('site-boot', 'src/ui/site-boot.ts'),
  },
  builder: {
    buildApp: async (builder) => {
      // In this order: the first empties the app's folder, and its name goes into the second.
      for (const name of ['classic', 'client', 'sw', 'reset', 'site', 'boot', 'relay']) {
        const environment = builder.environments[name]
        if (environment) await builder.build(environment)
      }
    },
  },
  plugins: [classicName(), buildName(), siteBridge(), shellFiles(), packed, budgets],
})
