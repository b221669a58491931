/**
 * One `vite build`, three places: the app (`dist/app`, page and workers), its service worker (`dist/app/sw.js`, one
 * classic script under a fixed name), what hosts of websites serve, and the relay (`dist/relay/main.js`, for Node). The host's worker is built twice: as
 * modules, and as one classic script for browsers that run no module workers. The build fails over budget.
 * The development server is `.scripts/dev.mjs`.
 */
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

/** One classic script each, for hosts of websites: their service worker, and what the relay writes into their page. */
const siteScript = (name: string, input: string): EnvironmentOptions => ({
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
    rolldownOptions: { input: { main: 'relay/main.ts' }, output: { entryFileNames: '[name].js' } },
  },
}

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
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { entryFileNames: 'assets/worker-[name]-[hash].js', chunkFileNames: 'assets/worker-[name]-[hash].js' },
    },
  },
  environments: {
    ...{ classic, sw: serviceWorker, relay },
    site: siteScript('site-sw', 'sw/site.ts'),
    boot: siteScript('site-boot', 'src/ui/site-boot.ts'),
  },
  builder: {
    buildApp: async (builder) => {
      // In this order: the first empties the app's folder, and its name goes into the second.
      for (const name of ['classic', 'client', 'sw', 'site', 'boot', 'relay']) {
        const environment = builder.environments[name]
        if (environment) await builder.build(environment)
      }
    },
  },
  plugins: [classicName(), siteBridge(), budgets],
})
