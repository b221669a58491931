/**
 * A lock between processes of one checkout: a file holding the owner's process id, touched while it works. A lock whose
 * owner is gone, or has not touched it for long, is broken.
 */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The owner touches the file this often; the other time is ten missed touches (a suspended laptop, a stuck disk). */
const TOUCH = 2_000
const STALE = 20_000
const POLL = 100

/**
 * Runs `work` while holding the lock `file`.
 *
 * @template T
 * @param {string} file in an existing folder
 * @param {(text: string) => void} say called once if there is somebody to wait for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, say, work) {
  let said = false
  while (!take(file)) {
    if (breakIfStale(file)) continue
    if (!said) say('Waiting for another process that prepares this checkout…')
    said = true
    await sleep(POLL)
  }
  const timer = setInterval(() => touch(file), TOUCH)
  const release = () => {
    clearInterval(timer)
    if (ownerOf(file) === process.pid) rmSync(file, { force: true })
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Moves a stale lock away; if another process replaced it in between, the good one is put back. */
function breakIfStale(file) {
  if (!isStale(file)) return false
  const aside = `${file}.${process.pid}.stale`
  try {
    renameSync(file, aside)
    if (!isStale(aside)) writeFileSync(file, readFileSync(aside), { flag: 'wx' })
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error // Somebody else was faster; that is fine.
  }
  rmSync(aside, { force: true })
  return true
}

function isStale(file) {
  const owner = ownerOf(file)
  if (owner === undefined) return false
  try {
    if (Date.now() - statSync(file).mtimeMs > STALE) return true
    // 0, our own process group, while the owner has not written its id yet.
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined // Released meanwhile.
  }
}

function touch(file) {
  const now = new Date()
  if (ownerOf(file) === process.pid) utimesSync(file, now, now)
}
