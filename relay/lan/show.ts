/** What the terminal shows of a relay on the network: where to open it, as text and QR code, and how to trust it. */
import { encodeQR } from 'qr'

export interface LanShown {
  /** Where the app is, over https; the likeliest first. */
  readonly urls: readonly string[]
  /** The page that hands out the authority's certificate, over http. */
  readonly page: string
  readonly fingerprint: string
}

/** A code for a terminal: two modules in a character, dark on light whatever the terminal's colours. */
export function terminalCode(text: string): string {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 2 })
  const lines = Array.from({ length: Math.ceil(rows.length / 2) }, (_, i) => {
    const [top = [], bottom = []] = [rows[2 * i], rows[2 * i + 1]]
    return top.map((dark, x) => [' ', '▀', '▄', '█'][Number(!dark) + 2 * Number(bottom[x] === false)]).join('')
  })
  // White on black, and modules drawn where they are light.
  return lines.map((line) => `\u001b[97;40m${line}\u001b[0m`).join('\n')
}

export function lanText({ urls, page, fingerprint }: LanShown): string {
  const [first = '', ...others] = urls
  return [
    `On the network: ${first}`,
    terminalCode(first),
    ...(others.length > 0 ? [`Also at: ${others.join(' ')}`] : []),
    `The first time, each phone or computer has to trust this machine: open ${page} there and follow it.`,
    `Compare before you trust it, SHA-256: ${fingerprint}`,
    '',
  ].join('\n')
}
