/**
 * `<cafe-scan>`: reads a QR code with the camera. It says what is about to be asked before the browser asks, and what to do
 * instead where there is no camera or it was refused. Nothing of the picture is kept or sent.
 */
import { html, type TemplateResult } from 'lit'
import { type Permission, permissionHere } from '../permission.ts'
import { join as english } from '../texts/en/join.ts'
import { spoken } from '../texts/say.ts'
import { icon, Plain } from './parts.ts'

const words = spoken('join', english)

/** What a code said. */
export class ScanEvent extends Event {
  readonly text: string

  constructor(text: string) {
    super('cafe-scan', { bubbles: true })
    this.text = text
  }
}

type State = 'off' | 'asking' | 'on' | 'refused' | 'none'

/** Milliseconds between two looks: quick enough for a hand, and lets a slow phone breathe. */
const LOOK = 150

/** The browser's own reader, where there is one: faster than ours. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<ReadonlyArray<{ readonly rawValue: string }>>
}
type Detectors = (new (options: { formats: string[] }) => Detector) & { getSupportedFormats(): Promise<string[]> }

export class CafeScan extends Plain {
  static override properties = { what: {}, more: {}, state: { state: true }, said: { state: true } }
  /** What is to be scanned, in words: “the invite”. */
  declare what: string
  /** Why else the camera is worth it. */
  declare more: string | undefined
  declare state: State
  /** What the browser said before it was asked. */
  declare said: Permission | undefined
  #stream: MediaStream | undefined

  constructor() {
    super()
    this.state = 'mediaDevices' in navigator ? 'off' : 'none'
  }

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override render(): TemplateResult {
    if (this.state === 'none') return html`<p class="quiet small">${words.noCamera}</p>`
    if (this.state === 'refused' || (this.state === 'off' && this.said === 'denied')) {
      return html`<div class="notice" role="status">
        ${icon('warning')}
        <p>${words.refused}</p>
      </div>`
    }
    if (this.state === 'on') {
      return html`<div class="scan">
        <video muted playsinline aria-label=${words.lookingFor(this.what)}></video>
        <button type="button" class="button small" @click=${this.#stop}>${words.stopCamera}</button>
      </div>`
    }
    const asking = this.state === 'asking'
    return html`<div class="stack">
      <button type="button" class="button" aria-busy=${asking ? 'true' : 'false'} @click=${this.#start}>
        ${icon('image')}${words.scan(this.what)}
      </button>
      <p class="quiet small">
        ${this.said === 'granted' ? words.onlyCode : words.willAsk}
        ${this.more ?? ''}
      </p>
    </div>`
  }

  async #look(): Promise<void> {
    this.said = await permissionHere('camera')
  }

  readonly #start = async (): Promise<void> => {
    if (this.state !== 'off') return
    this.state = 'asking'
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch (error) {
      // Whatever else is in the way, such as another program that has the camera: there is none for us.
      this.state = error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'none'
      return
    }
    if (!this.isConnected) return this.#stop()
    this.state = 'on'
    await this.updateComplete
    await this.#watch()
  }

  readonly #stop = (): void => {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = undefined
    if (this.state === 'on') this.state = 'off'
  }

  async #watch(): Promise<void> {
    const video = this.querySelector('video')
    const stream = this.#stream
    if (!video || !stream) return
    video.srcObject = stream
    await video.play().catch(() => undefined)
    const read = await createReader()
    while (this.#stream === stream) {
      const text = video.videoWidth > 0 ? await read(video).catch(() => undefined) : undefined
      if (text !== undefined && this.#stream === stream) {
        this.#stop()
        this.dispatchEvent(new ScanEvent(text))
        return
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }
}

/** Reads a code from what a video shows now. */
async function createReader(): Promise<(video: HTMLVideoElement) => Promise<string | undefined>> {
  const { BarcodeDetector: Own } = globalThis as { BarcodeDetector?: Detectors }
  if (Own && (await Own.getSupportedFormats().catch((): string[] => [])).includes('qr_code')) {
    const detector = new Own({ formats: ['qr_code'] })
    return async (video) => (await detector.detect(video))[0]?.rawValue
  }
  const { readQr } = await import('../qr.ts')
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video
    if (!canvas) return undefined
    Object.assign(canvas.canvas, { width, height })
    canvas.drawImage(video, 0, 0)
    return readQr(canvas.getImageData(0, 0, width, height))
  }
}
customElements.define('cafe-scan', CafeScan)
