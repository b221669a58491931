/**
 * Native addons of the packed program. An operating system loads them from files only, so the executable writes those it
 * carries into a folder that nobody else can write to, once for each content, and compares them at each start. A script finds
 * them in the folder `addons` beside it. One that cannot be loaded costs what it is for, and a sentence; the rest goes on.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { CafeError } from '../../src/core/errors.ts'
import { builtInAddon } from './assets.ts'

/** What is off without it, in words. */
const LOSSES: Readonly<Record<string, string>> = {
  'node-datachannel': 'WebRTC-direct is off; WebSockets work',
  'classic-level': 'a cafe cannot keep its data in a folder here',
}

type Members = Record<string | symbol, unknown>

/** Where the executable may keep its addons, best first. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly temporary: string
}

/**
 * The addon of this name. It never throws: of one that cannot be loaded every member fails at its use, with UNSUPPORTED.
 * Called by modules that the build puts in the place of packages' own loaders.
 */
export function addon(name: string): Members {
  try {
    return load(name, { env: process.env, home: homedir(), temporary: tmpdir() })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      `warn The native addon ${name} cannot be loaded: ${LOSSES[name] ?? 'some things are off'}. ${why}\n`,
    )
    return absent(name)
  }
}

/** Stands in for an addon that is not there: members are read when modules start, and called only by who needs them. */
export function absent(name: string): Members {
  return new Proxy({} as Members, {
    get: () =>
      function missing(): never {
        throw new CafeError('UNSUPPORTED', { addon: name })
      },
  })
}

function load(name: string, places: Places): Members {
  const bytes = builtInAddon(name)
  if (!bytes) return open(join(import.meta.dirname, 'addons', `${name}.node`))
  const failures: unknown[] = []
  for (const folder of foldersFor(places)) {
    try {
      return open(placeAddon(folder, name, bytes))
    } catch (error) {
      failures.push(error) // Not writable, or mounted so that nothing in it may be run: the next one may do.
    }
  }
  throw failures.at(-1)
}

/** Loads what is there by its path alone, in a bundle or outside of one. */
function open(file: string): Members {
  const module = { exports: {} as Members }
  process.dlopen(module, file)
  return module.exports
}

/** Folders to try, best first. Whoever names one gets that one or nothing. */
export function foldersFor({ env, home, temporary }: Places): string[] {
  if (env['POPUP_CAFE_CACHE']) return [env['POPUP_CAFE_CACHE']]
  const named = [env['CACHE_DIRECTORY'], env['XDG_CACHE_HOME'] && join(env['XDG_CACHE_HOME'], 'popup-cafe')]
  const own = home.startsWith('/') || /^[a-z]:/i.test(home) ? join(home, '.cache', 'popup-cafe') : undefined
  return [...named, own, join(temporary, `popup-cafe-${process.getuid?.() ?? 'user'}`)].flatMap(
    (folder) => folder || [],
  )
}

/**
 * Makes sure that `folder` is ours alone and holds these bytes.
 * @returns the file, whose name has their hash.
 * @throws if the folder cannot be made, is a link, or others can write to it.
 */
export function placeAddon(folder: string, name: string, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const others = process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)
  if (others || !lstatSync(folder).isDirectory()) throw new Error(`${folder} is not this user’s alone.`)
  const hash = sha256(bytes)
  const file = join(folder, `${name}-${hash.slice(0, 32)}.node`)
  if (readHash(file) === hash) return file
  // Complete under its name or not there: another process may be about the same.
  const fresh = `${file}.${process.pid}.new`
  writeFileSync(fresh, bytes, { mode: 0o600 })
  renameSync(fresh, file)
  return file
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function readHash(file: string): string | undefined {
  try {
    return lstatSync(file).isFile() ? sha256(readFileSync(file)) : undefined
  } catch {
    return undefined // Not there yet.
  }
}
