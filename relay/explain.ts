/** Failures of the relay as a person at a terminal reads them, with the exit code of the process. */
import { isCafeError } from '../src/core/errors.ts'
import { USAGE, UsageError } from './config.ts'

/** Exit code (1: could not start, 2: wrong usage) and text of a failure of `readConfig` or `createRelay`. */
export function explain(error: unknown): readonly [code: number, text: string] {
  if (error instanceof UsageError) return [2, `${error.message}\n\n${USAGE}`]
  if (!isCafeError(error)) return [1, error instanceof Error ? (error.stack ?? error.message) : String(error)]
  const { port, flag, folder, file, reason, what } = error.data
  if (what === 'addresses') return [1, 'This machine is in no private network. Connect it to one, or leave out --lan.']
  if (folder !== undefined) return [1, `There is no built app in ${folder}. Run "npm run build" first.`]
  if (file !== undefined) return [1, `The file ${file} cannot be used as certificate (${reason}).`]
  if (error.code === 'CONFLICT') return [1, `Port ${port} is already in use. Choose another one with ${flag} <n>.`]
  if (error.code === 'FORBIDDEN') return [1, `Port ${port} may not be used here. Choose another one with ${flag} <n>.`]
  if (reason === 'EADDRNOTAVAIL') return [1, 'This machine does not have that address. Check --host.']
  return [1, `Port ${port} cannot be used (${reason || error.message}). Choose another one with ${flag} <n>.`]
}
