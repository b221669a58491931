/** The response headers of the app's origin, by place: what every answer carries and what differs. */
import { contentSecurityPolicy, type Place } from './csp.ts'

/** How long an answer may be kept: hashed files for ever, files with a fixed name after asking, state never. */
export type Keep = 'immutable' | 'ask' | 'never'

const KEEP: Readonly<Record<Keep, string>> = {
  immutable: 'public, max-age=31536000, immutable',
  ask: 'no-cache',
  never: 'no-store',
}

/** Nothing powerful is used but writing to the clipboard, by the copy buttons, and the camera, in the app's page alone. */
const CLOSED = [
  'accelerometer',
  'clipboard-read',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
const permissions = (place: Place): string =>
  [
    ...CLOSED.map((feature) => `${feature}=()`),
    place === 'page' ? 'camera=(self)' : 'camera=()',
    'clipboard-write=(self)',
  ].join(', ')

/**
 * Headers for an answer to `host`. `Service-Worker-Allowed` is never among them.
 *
 * @param host as `plainHost` gives it.
 */
export function headersFor(place: Place, keep: Keep, host: string): Record<string, string> {
  return {
    'Cache-Control': KEEP[keep],
    'Content-Security-Policy': contentSecurityPolicy(place, host),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissions(place),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ...(place === 'page' || place === 'shell' || place === 'reset'
      ? { 'Cross-Origin-Opener-Policy': 'same-origin' }
      : {}),
  }
}
