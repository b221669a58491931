/**
 * The cafe in Node as a program: opens a cafe and says how to come in, or has one that is open do something.
 * Exit codes: 0 stopped or done, 1 it did not work, 2 wrong usage. Standard output holds what was asked for and nothing else.
 */
import { createLog, type Log } from '../../src/core/log.ts'
import { importFrom, receive } from './carry.ts'
import { CAFE_USAGE, type CafeConfig, readWish } from './config.ts'
import { tell } from './control.ts'
import { explain } from './explain.ts'
import { type CafeProgram, runCafe } from './program.ts'

async function main(): Promise<void> {
  const wish = readWish(process.argv.slice(2), process.env, Date.now())
  if (wish.kind === 'help') return void process.stdout.write(CAFE_USAGE)
  const data = wish.kind === 'tell' ? wish.data : wish.config.data
  try {
    if (wish.kind === 'run') await run(wish.config)
    else if (wish.kind === 'receive') await take(wish.config)
    else if (wish.kind === 'import')
      print(await importFrom(wish.config, wish.file, wish.passphrase, logOf(wish.config)), wish.config.json)
    else print(await tell(data, wish.verb, wish.input), wish.json)
  } catch (error) {
    fail(error, data)
  }
}

function fail(error: unknown, data?: string): void {
  const [code, text] = explain(error, data)
  process.stderr.write(`${text}\n`, () => process.exit(code))
}

const logOf = ({ verbose }: CafeConfig): Log =>
  createLog((level, line) => process.stderr.write(`${level} ${line}\n`), verbose ? 'debug' : 'info')

/** Waits for a cafe, and then is it. */
async function take(config: CafeConfig): Promise<void> {
  const show = (code: string): void =>
    void process.stdout.write(config.json ? `${JSON.stringify({ code })}\n` : `${code}\n`)
  await receive(config, logOf(config), show)
  await run(config)
}

async function run(config: CafeConfig): Promise<void> {
  const log = logOf(config)
  // One failed background task of one connection must not end the cafe for all others.
  process.on('unhandledRejection', (error) => log('error', 'a background task failed', { error }))
  // Whoever read our output may have gone; the cafe stays.
  process.stdout.on('error', () => {})
  const program = await runCafe(config, { log })
  // First: who has read that it is open may already want it to stop.
  stopWhenAsked(program, config, log)
  announce(program, config)
}

function announce({ url, card, cafe }: CafeProgram, { json, data }: CafeConfig): void {
  const { name, peerId, addresses, invite } = card
  if (json) {
    const line = { url, name, peerId, addresses: cafe.addresses(), invite, pid: process.pid }
    return void process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  const places = addresses.map((address) => `  ${address}\n`).join('')
  process.stdout.write(
    `The cafe "${name}" is open; over HTTP at ${url}\n${places}Invite:\n  ${invite}\n` +
      `What it keeps is in ${data}. Stop with Ctrl+C.\n`,
  )
}

function stopWhenAsked(program: CafeProgram, config: CafeConfig, log: Log): void {
  const stop = (why: string): void => {
    log('debug', 'stopping', { why })
    void program.stop().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  // A terminal that closes says the same; where there are certificates it means to read them again.
  process.on('SIGHUP', (signal) => (config.tlsCert ? void program.refresh() : stop(signal)))
  void program.closed.then(() => stop('close'))
  void program.cafe.over.then(() => stop('moved'))
}

/** One line for a program; for a person an invite or a token by itself, and the rest as it is. */
function print(result: unknown, json: boolean): void {
  const lone = !json && typeof result === 'object' && result !== null && 'invite' in result ? result.invite : undefined
  const isCard = typeof result === 'object' && result !== null && 'open' in result
  if (lone && !isCard) return void process.stdout.write(`${lone}\n`)
  if (!json && typeof result === 'object' && Object.keys(result ?? {}).length === 0 && !Array.isArray(result)) return
  process.stdout.write(`${JSON.stringify(result, plainly, json ? 0 : 2)}\n`)
}

const plainly = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

main().catch(fail)
