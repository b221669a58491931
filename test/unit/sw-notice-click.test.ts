/** A chosen notification leads to what it is about: in a window that is there, else in a new one. */
import { describe, expect, it } from 'vitest'
import { type AppWindow, createNoticeClick } from '../../sw/notice-click.ts'

const HASH = `#thread=${'ab'.repeat(32)}`
const data = { type: 'cafe:notice', hash: HASH }

function setup(...urls: readonly [string, DocumentVisibilityState][]) {
  const done: string[] = []
  const windows = urls.map(
    ([path, visibilityState]): AppWindow => ({
      url: `https://cafe.example${path}`,
      visibilityState,
      focus: async () => void done.push(`focus ${path}`),
      postMessage: (message) => void done.push(`${path} ${JSON.stringify(message)}`),
    }),
  )
  const click = createNoticeClick({
    windows: async () => windows,
    openWindow: async (url) => void done.push(`open ${url}`),
  })
  return { done, click }
}

const message = JSON.stringify({ type: 'cafe:open-notice', hash: HASH })

describe('a click on a notification', () => {
  it('shows it in a window of the app, rather one that is seen', async () => {
    const { done, click } = setup(['/', 'hidden'], ['/#files', 'visible'])
    await click(data)
    expect(done).toEqual([`/#files ${message}`, 'focus /#files'])
  })

  it('leaves tabs alone that show somebody’s file, and opens a window', async () => {
    const { done, click } = setup(['/ipfs/bafy/picture.png', 'visible'])
    await click(data)
    expect(done).toEqual([`open /${HASH}`])
  })

  it('shows it though the window may not come to the front', async () => {
    const { done, click } = setup(['/', 'hidden'])
    await click(data)
    expect(done[0]).toBe(`/ ${message}`)
  })

  it.each([
    undefined,
    { type: 'cafe:notice' },
    { type: 'cafe:notice', hash: 'https://evil.example/' },
    { type: 'cafe:notice', hash: '#join=code' },
    { type: 'other', hash: HASH },
  ])('does nothing for what is not ours: %j', async (other) => {
    const { done, click } = setup(['/', 'visible'])
    await click(other)
    expect(done).toEqual([])
  })
})
