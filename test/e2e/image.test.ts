/**
 * The image, made without Docker: the steps of the `Dockerfile` run in a clean folder, and what they leave runs as the user
 * it names, who can write to the data folder alone. What every recipe must have is in `unit/image.test.ts`.
 */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Image, replay } from '../fixtures/image.ts'
import { lineOf } from '../fixtures/packed.ts'

describe('the image', () => {
  let image: Image
  let folder: string
  const running: ChildProcess[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cafe-image-'))
    const start = performance.now()
    image = await replay(folder)
    const layers = image.layers.map(({ step, bytes }) => `${(bytes / 1e6).toFixed(2)} MB  ${step}`)
    console.log(`replayed in ${Math.round((performance.now() - start) / 1000)} s\n${layers.join('\n')}`)
  }, 300_000)

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('is small, and holds the program, the app and a place for data, and no packages', () => {
    expect(readdirSync(join(image.root, 'app')).sort()).toEqual(['addons', 'popup-cafe.cjs', 'web'])
    expect(readdirSync(image.root).sort()).toEqual(['app', 'data', 'usr'])
    expect(image.layers.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(40e6)
  })

  it('runs as its user, serves the app, is well by its own check, writes to its data alone, and stops when told', async () => {
    const before = written(image.root)
    const child = image.run(['relay', '--json'], { PORT: '0', HOST: '127.0.0.1' })
    running.push(child)
    const { url, pid } = await lineOf(child)
    const base = String(url).replace('cafe.localhost', '127.0.0.1')
    expect((await fetch(`${base}health`)).status).toBe(200)
    const page = await (await fetch(base)).text()
    const asset = /src="\/(assets\/[^"]+)"/.exec(page)?.[1]
    expect((await fetch(`${base}${asset}`)).headers.get('content-type')).toContain('javascript')
    const port = new URL(base).port
    expect(await image.checkHealth({ PORT: port })).toBe(0)
    if (image.user && process.getuid?.() === 0)
      expect(execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }).trim()).toBe(
        `${image.user.uid}`,
      )
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(await image.checkHealth({ PORT: port })).toBe(1)
    const fresh = written(image.root).filter((file) => !before.includes(file))
    expect(fresh.length).toBeGreaterThan(0)
    expect(fresh.filter((file) => !file.startsWith('data/'))).toEqual([])
  })

  it('answers to its command with no port taken for itself', async () => {
    const child = image.run(['--version'])
    running.push(child)
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
    })
    expect((await once(child, 'close'))[0]).toBe(0)
    expect(text).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

const written = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(root, name)).isFile())
