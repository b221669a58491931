/** Makes thumbnails where the app does: in a SharedWorker. */
import { createThumbnails, type Drawn } from '../../../src/peer/thumbnail.ts'
import { createDraw } from '../../../src/worker/draw.ts'

const thumbnails = createThumbnails({ draw: createDraw() })
const { signal } = new AbortController()

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0] as MessagePort
  port.onmessage = async ({ data }: MessageEvent<Blob>) => {
    const drawn: Drawn | undefined = await thumbnails(data, { signal })
    port.postMessage(drawn ?? null)
  }
})
