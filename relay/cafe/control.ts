/**
 * The way from a terminal to the process that has the cafe open: a socket in its data folder, which only the folder's owner
 * can reach. One line of JSON each way. Whoever holds the lock of the folder owns the socket, so one that is left behind by
 * a process that was killed is simply replaced.
 */
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { CafeError, isErrorCode, toCafeError } from '../../src/core/errors.ts'
import { KiB } from '../../src/core/limits.ts'
import { parse, text, v } from '../../src/core/schema.ts'
import { type CommandComponents, runCommand } from './commands.ts'

/** A question is a few hundred bytes; an answer may list thousands of clients. */
const MAX_QUESTION = 16 * KiB
/** Milliseconds for a question to come. */
const QUESTION_TIME = 5000
/** What a socket's address can hold (`sun_path`), less the byte that ends it. */
const MAX_PATH = 103

const question = v.strictObject({ verb: text(32), input: v.unknown() })
const answer = v.union([
  v.strictObject({ ok: v.unknown() }),
  v.strictObject({ err: v.string(), data: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])) }),
])

/** Where the socket of a data folder is. @throws CafeError BAD_REQUEST {what: 'data folder'} for a path that is too long. */
function placeOf(data: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\popup-cafe-${resolve(data).replace(/[^\w]+/g, '-')}`
  const path = join(resolve(data), 'control.sock')
  if (Buffer.byteLength(path) > MAX_PATH) throw new CafeError('BAD_REQUEST', { what: 'data folder', limit: MAX_PATH })
  return path
}

export interface Control {
  close(): Promise<void>
}

/** Answers commands for the cafe in `data` from now on. The folder's lock must be held. */
export async function openControl(data: string, components: CommandComponents): Promise<Control> {
  const path = placeOf(data)
  if (process.platform !== 'win32') await rm(path, { force: true })
  const server: Server = createServer((socket) => void serve(socket, components).catch(() => socket.destroy()))
  server.listen(path)
  await once(server, 'listening')
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    async close() {
      server.close()
    },
  }
}

async function serve(socket: Socket, components: CommandComponents): Promise<void> {
  socket.on('error', () => socket.destroy()) // whoever asked has gone
  const { verb, input } = parse(question, JSON.parse(await readLine(socket)))
  const told = await runCommand(verb, input, components).then(
    (ok) => ({ ok }),
    (error) => {
      const { code, data } = toCafeError(error)
      return { err: code, data }
    },
  )
  socket.end(`${JSON.stringify(told)}\n`)
}

function readLine(socket: Socket): Promise<string> {
  socket.setTimeout(QUESTION_TIME, () => socket.destroy())
  let line = ''
  socket.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new CafeError('ABORTED')))
    socket.on('data', (chunk) => {
      line += chunk
      if (line.length > MAX_QUESTION) socket.destroy()
      else if (line.includes('\n')) resolve(line)
    })
  })
}

/**
 * Has the cafe that is open in `data` carry out a command.
 * @throws CafeError UNREACHABLE {what: 'cafe'} if none is; what the command fails with.
 */
export async function tell(data: string, verb: string, input: unknown): Promise<unknown> {
  const socket = connect(placeOf(data))
  try {
    await once(socket, 'connect')
  } catch (cause) {
    throw new CafeError('UNREACHABLE', { what: 'cafe' }, { cause })
  }
  socket.write(`${JSON.stringify({ verb, input })}\n`)
  for await (const line of createInterface({ input: socket })) {
    const told = parse(answer, JSON.parse(line))
    socket.destroy()
    if ('ok' in told) return told.ok
    throw new CafeError(isErrorCode(told.err) ? told.err : 'INTERNAL', told.data)
  }
  throw new CafeError('UNREACHABLE', { what: 'cafe' })
}
