/** Which form of a file a client takes: by its Accept-Encoding, the smallest there is. */
import { type AppFile, ENCODINGS, type Encoding } from './static.ts'

/** The smallest form of a file that the client takes. */
export async function bestPacked(
  file: AppFile,
  header: string | readonly string[] | undefined,
): Promise<[Encoding, Uint8Array] | undefined> {
  const accepted = String(header ?? '')
  for (const encoding of Object.keys(ENCODINGS) as Encoding[]) {
    const bytes = accepts(accepted, encoding) ? await file.packed(encoding) : undefined
    if (bytes) return [encoding, bytes]
  }
  return undefined
}

/** RFC 9110 section 12.5.3, without `*`: nobody who sends that alone has a use for it. */
const accepts = (header: string, encoding: Encoding): boolean =>
  header.split(',').some((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return name === encoding && !parameters.some((one) => /^q\s*=\s*0(\.0*)?$/.test(one))
  })
