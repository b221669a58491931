/** Native addons of the packed program: where they are put, whom that trusts, and what is left without one. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addon, foldersFor, placeAddon } from '../../relay/pack/addons.ts'
import { CafeError } from '../../src/core/errors.ts'

const BYTES = new TextEncoder().encode('an addon')

describe('the folder of addons', () => {
  it('is what somebody named, or one of these in turn', () => {
    const env = { CACHE_DIRECTORY: '/var/cache/x', XDG_CACHE_HOME: '/xdg' }
    const user = process.getuid?.() ?? 'user'
    expect(foldersFor({ env: { ...env, POPUP_CAFE_CACHE: '/mine' }, home: '/home/a', temporary: '/tmp' })).toEqual([
      '/mine',
    ])
    expect(foldersFor({ env, home: '/home/a', temporary: '/tmp' })).toEqual([
      '/var/cache/x',
      join('/xdg', 'popup-cafe'),
      join('/home/a', '.cache', 'popup-cafe'),
      join('/tmp', `popup-cafe-${user}`),
    ])
  })

  it('is in the temporary one where there is no home', () => {
    for (const home of ['', 'relative'])
      expect(foldersFor({ env: {}, home, temporary: '/tmp' })).toEqual([expect.stringMatching(/^.tmp.popup-cafe-/)])
  })
})

describe('placing an addon', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cafe-addons-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('makes a folder for this user alone, with one complete file whose name tells what is in it', () => {
    const folder = join(root, 'a', 'b')
    const file = placeAddon(folder, 'x', BYTES)
    expect(readFileSync(file)).toEqual(Buffer.from(BYTES))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const other = placeAddon(folder, 'x', new Uint8Array(BYTES.length))
    expect(other).not.toBe(file)
  })

  it('writes once what stays as it is, and again what was changed', () => {
    const file = placeAddon(root, 'x', BYTES)
    const { ino } = statSync(file)
    expect([placeAddon(root, 'x', BYTES), statSync(file).ino]).toEqual([file, ino])
    writeFileSync(file, 'bad addon')
    expect(readFileSync(placeAddon(root, 'x', BYTES))).toEqual(Buffer.from(BYTES))
  })

  it('takes no link for the file, wherever it leads', () => {
    const file = placeAddon(root, 'x', BYTES)
    const elsewhere = join(root, 'elsewhere')
    writeFileSync(elsewhere, BYTES)
    rmSync(file)
    symlinkSync(elsewhere, file)
    placeAddon(root, 'x', BYTES)
    writeFileSync(elsewhere, 'changed afterwards')
    expect(readFileSync(file)).toEqual(Buffer.from(BYTES))
  })

  it('refuses a folder that others can write to, and a link to one', () => {
    const shared = join(root, 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o777)
    expect(() => placeAddon(shared, 'x', BYTES)).toThrow('not this user’s alone')
    const own = join(root, 'own')
    mkdirSync(own, { mode: 0o700 })
    symlinkSync(own, join(root, 'link'))
    expect(() => placeAddon(join(root, 'link'), 'x', BYTES)).toThrow('not this user’s alone')
    expect([...readdirSync(shared), ...readdirSync(own)]).toEqual([])
  })
})

describe('an addon', () => {
  it('is loaded once, when something of it is wanted', () => {
    let loaded = 0
    const members = addon('x', () => {
      loaded++
      return { one: 1, two: 2 }
    })
    expect(loaded).toBe(0)
    expect([members['one'], members['two'], loaded]).toEqual([1, 2, 1])
  })

  it('that cannot be loaded is said once, in words, and fails where it is used, by a code', () => {
    const said: string[] = []
    const fails = (): never => {
      throw new Error('wrong ELF class')
    }
    const members = addon('node-datachannel', fails, (text) => said.push(text))
    for (let times = 0; times < 2; times++) {
      let thrown: unknown
      try {
        void members['PeerConnection']
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(CafeError)
      expect(thrown).toMatchObject({ code: 'UNSUPPORTED', data: { addon: 'node-datachannel' } })
    }
    expect(said).toEqual([
      'warn The native addon node-datachannel cannot be loaded: WebRTC-direct is off; WebSockets work. wrong ELF class\n',
    ])
  })
})
