/**
 * Makes a checkout ready to run: installs the locked packages and builds, each only if something changed. Runs before
 * `npm start`, `npm test` and `npm run bench`, on any Node from 20 on, with no packages. Says everything on standard
 * error, so that standard output belongs to the program that follows.
 *
 * A stamp is written after its step is complete, so an interrupted one is done again; one process at a time works.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...names) => join(ROOT, ...names)
const BIN = at('node_modules', '.bin')
const INSTALLED = at('node_modules', '.cafe-installed')
const BUILT = at('dist', '.cafe-built')
/** What the build reads. */
const INPUTS = ['index.html', 'src', 'sw', 'public', 'relay', 'vite.config.ts', 'package-lock.json', 'tsconfig.json']
/** What the build must have left, whatever its stamp says. */
const OUTPUTS = ['dist/app/index.html', 'dist/app/sw.js', 'dist/relay/main.js', 'dist/relay/cafe.js']
/** The same, as beginnings of hashed names in one folder. */
const ASSETS = 'dist/app/assets'
const HASHED = ['index-', 'worker-main-', 'worker-classic-']

const say = (text) => process.stderr.write(`${text}\n`)

if (!isInstalled() || !isBuilt()) {
  mkdirSync(at('dist'), { recursive: true })
  await withLock(at('dist', '.cafe-prepare.lock'), say, async () => {
    // Whoever held the lock before may have done it all.
    if (!isInstalled()) await install()
    if (!isBuilt()) await build()
  }).catch((error) => {
    say(error instanceof Error ? error.message : String(error))
    process.exit(1)
  })
}

function isInstalled() {
  return read(INSTALLED) === lockHash() && existsSync(join(BIN, 'vite')) && hasNode()
}

async function install() {
  if (!matchesLock()) {
    say('Installing packages…')
    // npm tells its children how it was called; so the same npm does the work, whichever shell has which in its path.
    const npm = process.env.npm_execpath
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund']
    if (npm?.endsWith('.js')) await run(process.execPath, [npm, ...args])
    else await run('npm', args)
  }
  // The Node that comes as a package is put in place by an install script, which a user's settings may have skipped and
  // whose work `npm uninstall` of anything undoes.
  if (!hasNode()) {
    await run('npm', ['rebuild', 'node', '--ignore-scripts=false'])
  }
  writeFileSync(INSTALLED, lockHash())
}

/** True if the packaged Node is where npm's scripts find it first. */
function hasNode() {
  return existsSync(join(BIN, 'node')) || existsSync(join(BIN, 'node.exe'))
}

/** True if somebody ran `npm ci` or `npm install` by hand and it completed: npm's own record agrees with our lock file. */
function matchesLock() {
  const record = read(at('node_modules', '.package-lock.json'))
  if (!record) return false
  const installed = JSON.parse(record).packages
  return Object.entries(JSON.parse(read(at('package-lock.json'))).packages).every(([path, wanted]) => {
    const found = installed[path]
    if (!found) return path === '' || wanted.optional === true || wanted.devOptional === true
    return found.version === wanted.version && found.integrity === wanted.integrity
  })
}

function isBuilt() {
  return OUTPUTS.every((file) => existsSync(at(file))) && hasHashed() && read(BUILT) === inputsHash()
}

function hasHashed() {
  const names = existsSync(at(ASSETS)) ? readdirSync(at(ASSETS)) : []
  return HASHED.every((start) => names.some((name) => name.startsWith(start)))
}

async function build() {
  say('Building…')
  rmSync(BUILT, { force: true })
  // Taken before, so that a file edited meanwhile leads to another build.
  const inputs = inputsHash()
  await run(existsSync(join(BIN, 'node')) ? join(BIN, 'node') : 'node', [at('node_modules/vite/bin/vite.js'), 'build'])
  writeFileSync(BUILT, inputs)
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')
}

/** A hash of path, time and size of every input: reading the contents would take longer than it is worth. */
function inputsHash() {
  const hash = createHash('sha256')
  for (const name of INPUTS)
    for (const file of filesIn(at(name))) {
      const { mtimeMs, size } = statSync(file)
      hash.update(`${relative(ROOT, file)}\0${mtimeMs}\0${size}\n`)
    }
  return hash.digest('hex')
}

function filesIn(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // Not there yet.
  }
}

/** Runs a command in the checkout with its tools first in the path; its output goes to our standard error. */
function run(command, args) {
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}` }
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`"${command} ${args.join(' ')}" failed (${signal ?? code}).`)),
    )
  })
}
