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
  if (code === 'CONFLICT' && facts['what'] === 'moved')
    return [
      1,
      `The cafe "${facts['name']}" has moved from ${data} to ${facts['to'] ?? 'another device'}. --name opens a new one.`,
    ]
  if (code === 'CONFLICT' && facts['what'] === 'cafe')
    return [1, `There is a cafe in ${data} already. Choose an empty folder with --data <folder>.`]
  if (code === 'CONFLICT' && facts['what'] === 'arrival')
    return [
      1,
      `A cafe has come to ${data} and waits for the place it comes from. Run "receive" there until it has begun.`,
    ]
  if (code === 'CONFLICT' && facts['what'] === 'running')
    return [
      1,
      'That cafe is open somewhere else. Close it there first: two of one name would take each other’s clients.',
    ]
  if (code === 'CONFLICT' && facts['what'] === 'file') return [1, `${facts['file']} is there already.`]
  if (code === 'FORBIDDEN' && facts['what'] === 'passphrase') return [1, 'That is not the passphrase of this file.']
  if (code === 'FORBIDDEN' && facts['what'] === 'code')
    return [1, 'That code has ended. Have the other device show a new one.']
  if (code === 'BAD_REQUEST' && facts['what'] === 'passphrase')
    return [1, `CAFE_PASSPHRASE needs at least ${facts['min']} characters.`]
  if (code === 'BAD_REQUEST' && facts['what'] === 'car') return [1, 'That file is not a whole cafe.']
  if (code === 'CORRUPT' && (facts['what'] === 'block' || facts['what'] === 'blocks'))
    return [1, 'The cafe has lost blocks. Try again: what is lost is left out, and its clients bring it again.']
  if (code === 'CORRUPT')
    return [1, `${facts['file'] ?? `The folder ${data}`} is damaged. Put a copy of it in its place.`]
  if (code === 'BAD_REQUEST' && facts['what'] === 'data folder')
    return [1, `The path of the data folder is too long. Choose one below ${facts['limit']} characters with --data.`]
  if (code === 'BAD_REQUEST' && facts['what'] === 's3 keys')
    return [1, 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the keys of the bucket.']
  if (code === 'NOT_FOUND' && facts['what'] === 'bucket') return [1, 'There is no such bucket. Check --store.']
  if (code === 'FORBIDDEN' && facts['what'] === 's3') return [1, 'The bucket does not accept these keys.']
  if (code === 'CONFLICT' && facts['what'] === 'store')
    return [1, 'Another cafe keeps its blocks there. Give each a prefix of its own, such as s3://bucket/cafe-2.']
  if (code === 'BAD_REQUEST' && facts['what'] === 'store') return [1, 'There is no such kind of store. Check --store.']
  if (code === 'BAD_REQUEST') return [2, `That command needs something else.\n\n${CAFE_USAGE}`]
  if (code === 'NOT_FOUND') return [1, `There is no such ${facts['what'] ?? 'thing'}.`]
  return [1, message]
}
