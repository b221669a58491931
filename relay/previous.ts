/**
 * Hashed files of earlier builds: a tab that was opened before an upgrade asks for its own chunks later. The relay keeps
 * those it has served in its data folder and answers them for {@link PREVIOUS_KEPT} after their build was replaced. Their
 * names hold their hash, so they are never wrong, only old.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_PREVIOUS, PREVIOUS_KEPT } from './limits.ts'

const ASSET = /^assets\/([\w.-]{1,200})$/
/** The time of a kept file that belongs to the build being served; of others it is when that was replaced. */
const CURRENT = 0

type Files = ReadonlyMap<string, Uint8Array>

/**
 * Keeps the hashed files of `current` in `folder` for later.
 * @param now milliseconds since 1970.
 * @returns those of earlier builds that are still answered, by name; the latest replaced first, in all at most
 * {@link MAX_PREVIOUS} bytes.
 */
export async function keepAssets(folder: string, current: Files, now: number): Promise<Files> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kept = new Set(await readdir(folder))
  const own = new Map([...current].flatMap(([name, bytes]) => (ASSET.test(name) ? [[fileOf(name), bytes]] : [])))
  const old: Array<{ name: string; at: number; size: number }> = []
  for (const name of kept) {
    if (own.has(name)) continue
    const { mtimeMs, size } = await stat(join(folder, name))
    const at = mtimeMs === CURRENT ? now : mtimeMs
    if (mtimeMs === CURRENT) await setTime(folder, name, now)
    old.push({ name, at, size })
  }
  for (const [name, bytes] of own) {
    // Whole or not at all: a name stands for its bytes.
    if (!kept.has(name)) await writeWhole(folder, name, bytes)
    await setTime(folder, name, CURRENT)
  }
  return await readOld(folder, old, now)
}

async function readOld(
  folder: string,
  old: ReadonlyArray<{ name: string; at: number; size: number }>,
  now: number,
): Promise<Files> {
  const found = new Map<string, Uint8Array>()
  let room = MAX_PREVIOUS
  for (const { name, at, size } of [...old].sort((a, b) => b.at - a.at)) {
    room -= size
    if (now - at > PREVIOUS_KEPT || room < 0 || name.endsWith('.new')) await rm(join(folder, name), { force: true })
    else found.set(`assets/${name}`, await readFile(join(folder, name)))
  }
  return found
}

const fileOf = (name: string): string => name.slice('assets/'.length)
const setTime = (folder: string, name: string, ms: number): Promise<void> =>
  utimes(join(folder, name), ms / 1000, ms / 1000)

async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, name)
  await writeFile(`${file}.new`, bytes)
  await rename(`${file}.new`, file)
}
