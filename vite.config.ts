/**
 * One `vite build`, three places: the app (`dist/app`, page and workers), its service worker (`dist/app/sw.js`, one
 * classic script under a fixed name) and the relay (`dist/relay/main.js`, for Node). The build fails over budget.
 * The development server is `.scripts/dev.mjs`.
 */
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite'
import { checkBudgets } from './.scripts/sizes.mjs'

/** A classic script needs no `type: 'module'` at registration, and cannot be split: all of it is there offline. */
const serviceWorker: EnvironmentOptions = {
  consumer: 'client',
  build: {
    outDir: 'dist/app',
    emptyOutDir: false,
    copyPublicDir: false,
    rolldownOptions: {
      input: { sw: 'sw/main.ts' },
      output: { format: 'iife', entryFileNames: '[name].js', codeSplitting: false },
    },
  },
}

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
    emptyOutDir: true,
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
  environments: { sw: serviceWorker, relay },
  builder: {
    buildApp: async (builder) => {
      // In this order: the app's build empties the folder that the service worker is added to.
      for (const name of ['client', 'sw', 'relay']) {
        const environment = builder.environments[name]
        if (environment) await builder.build(environment)
      }
    },
  },
  plugins: [budgets],
})
