/**
 * Sizes of the built app as a browser downloads them, in bytes after gzip, and their budgets. Used by the build, which
 * fails over budget, and by the benchmark.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/**
 * Most bytes after gzip: the service worker starts at every first request; the node may come later but must fit a
 * phone; what it loads once there is a cafe or an account waits for nobody; where nothing can be split all are one; the
 * first paint must be quick on a poor network.
 */
export const BUDGETS = {
  sw: 200_000,
  site: 80_000,
  worker: 280_000,
  cafe: 60_000,
  account: 120_000,
  words: 10_000,
  pair: 6_000,
  trial: 20_000,
  carry: 26_000,
  door: 52_000,
  names: 10_000,
  links: 12_000,
  website: 14_000,
  invite: 8_000,
  classic: 500_000,
  firstPaint: 60_000,
}

/**
 * Chunks of the worker that are loaded when a cafe is opened, an account, words are made or read, two devices are paired
 * by codes, the gateway is tried, the whole cafe is carried elsewhere, a request comes in at the door, a name is looked up,
 * a sealed link or a website is opened, or an invite is written or read.
 */
const PARTS = {
  cafe: /^assets\/worker-cafe-/,
  account: /^assets\/worker-account-part-/,
  words: /^assets\/worker-wallet-/,
  carry: /^assets\/worker-carry-part-/,
  pair: /^assets\/worker-pair-part-/,
  trial: /^assets\/worker-trial-part-/,
  door: /^assets\/worker-door-part-/,
  invite: /^assets\/worker-invite-/,
  names: /^assets\/worker-names-/,
  links: /^assets\/worker-link-open-/,
  website: /^assets\/worker-site-/,
}

/**
 * @typedef {{ sw: number, site: number, worker: number, cafe: number, account: number, words: number, pair: number, trial: number, carry: number, door: number, names: number, links: number, website: number, invite: number, classic: number, firstPaint: number }} Sizes
 * bytes after gzip of: `/sw.js`; what a website's host serves, its worker and the script of its page; the shared worker with
 * all it needs to start; what it loads later, by part; the one script of browsers without module workers; the page with the
 * scripts and styles it loads statically.
 */

/**
 * Measures the build in `folder`.
 *
 * @param {string} [folder]
 * @returns {Sizes}
 * @throws if the folder holds no built app.
 */
export function bundleSizes(folder = 'dist/app') {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const linked = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1])
  const main = [workerOf(folder, 'main')]
  const node = closure(folder, main, true, Object.values(PARTS))
  /** What a part loads beyond what is there at the start. */
  const part = (name) => {
    const others = Object.keys(PARTS).filter((other) => other !== name)
    const files = closure(
      folder,
      main,
      true,
      others.map((other) => PARTS[other]),
    )
    return sizeOf(
      folder,
      files.filter((file) => !node.includes(file)),
    )
  }
  return {
    sw: sizeOf(folder, ['sw.js']),
    site: sizeOf(folder, ['site-sw.js', 'site-boot.js']),
    worker: sizeOf(folder, node),
    cafe: part('cafe'),
    account: part('account'),
    words: part('words'),
    pair: part('pair'),
    trial: part('trial'),
    carry: part('carry'),
    door: part('door'),
    names: part('names'),
    links: part('links'),
    website: part('website'),
    invite: part('invite'),
    classic: sizeOf(folder, [workerOf(folder, 'classic')]),
    firstPaint: sizeOf(folder, ['index.html', ...closure(folder, linked, false)]),
  }
}

/**
 * Prints the sizes against their budgets.
 *
 * @param {string} [folder]
 * @throws if one is over.
 */
export function checkBudgets(folder = 'dist/app') {
  const sizes = bundleSizes(folder)
  const over = Object.keys(BUDGETS).filter((name) => sizes[name] > BUDGETS[name])
  console.log('\nsize after gzip      kB   budget')
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const mark = over.includes(name) ? '  OVER BUDGET' : ''
    console.log(`${name.padEnd(14)}${kilobytes(sizes[name])}${kilobytes(budget)}${mark}`)
  }
  if (over.length > 0) throw new Error(`over budget: ${over.join(', ')}`)
}

/** The file of the worker with this entry. */
function workerOf(folder, entry) {
  const found = readdirSync(join(folder, 'assets')).filter((name) => /^worker-(\w+)-.*\.js$/.exec(name)?.[1] === entry)
  if (found.length !== 1) throw new Error(`expected one worker-${entry} in ${folder}/assets, found ${found.length}`)
  return `assets/${found[0]}`
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(9)

const sizeOf = (folder, files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).byteLength, 0)

/** `files` and what they import; with `dynamic` also what they may load later, but for what one of `except` matches. */
function closure(folder, files, dynamic, except = []) {
  const imports = dynamic
    ? /(?:\bfrom|\bimport)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g
    : /(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g
  const found = new Set(files)
  for (const file of found) {
    if (!file.endsWith('.js')) continue
    const code = readFileSync(join(folder, file), 'utf8')
    for (const [, name] of code.matchAll(imports)) {
      const path = `assets/${name}`
      if (!except.some((one) => one.test(path))) found.add(path)
    }
  }
  return [...found]
}
