/** Failures of the cafe in Node as a person at a terminal reads them, with the exit code of the process. */
import { isCafeError } from '../../src/core/errors.ts'
import { UsageError } from '../config.ts'
import { explain as explainRelay } from '../explain.ts'
import { CAFE_USAGE } from './config.ts'

/** Exit code (1: it did not work, 2: wrong usage) and text. */
export function explain(error: unknown, data = 'the data folder'): readonly [code: number, text: string] {
  if (error instanceof UsageError) return [2, `${error.message}\n\n${CAFE_USAGE}`]
  if (!isCafeError(error)) return explainRelay(error)
  const { code, data: facts, message } = error
  if (facts['port'] !== undefined) return explainRelay(error)
  if (code === 'CONFLICT' && facts['what'] === 'data folder')
    return [1, `The cafe in ${data} is open in another process already. Choose another folder with --data <folder>.`]
  if (code === 'UNREACHABLE' && facts['what'] === 'cafe')
    return [1, `No cafe is open in ${data}. Start it with "npm run cafe", or name its folder with --data <folder>.`]
  if (code === 'CORRUPT')
    return [1, `${facts['file'] ?? `The folder ${data}`} is damaged. Put a copy of it in its place.`]
  if (code === 'BAD_REQUEST' && facts['what'] === 'data folder')
    return [1, `The path of the data folder is too long. Choose one below ${facts['limit']} characters with --data.`]
  if (code === 'BAD_REQUEST' && facts['what'] === 'store') return [1, 'There is no such kind of store. Check --store.']
  if (code === 'BAD_REQUEST') return [2, `That command needs something else.\n\n${CAFE_USAGE}`]
  if (code === 'NOT_FOUND') return [1, `There is no such ${facts['what'] ?? 'thing'}.`]
  return [1, message]
}
