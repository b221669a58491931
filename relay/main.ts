/**
 * The relay as a program: reads settings, starts, says where it is, stops on SIGINT and SIGTERM.
 * Exit codes: 0 stopped, 1 could not start, 2 wrong usage. Standard output holds what was asked for and nothing else.
 */
import { createLog, type Log } from '../src/core/log.ts'
import { type RelayConfig, readConfig, USAGE } from './config.ts'
import { explain } from './explain.ts'
import { createRelay, type Relay } from './relay.ts'

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') return void process.stdout.write(USAGE)
  const log = createLog((level, line) => process.stderr.write(`${level} ${line}\n`), config.verbose ? 'debug' : 'info')
  // One failed background task of one connection must not end the relay for all others.
  process.on('unhandledRejection', (error) => log('error', 'a background task failed', { error }))
  // Whoever read our output may have gone; the relay stays.
  process.stdout.on('error', () => {})
  const relay = await createRelay(config, { log })
  announce(relay, config)
  stopOnSignal(relay, log)
}

function announce(relay: Relay, { json }: RelayConfig): void {
  if (json) {
    const { url, multiaddrs, peerId, cafe } = relay
    const line = { url, relay: multiaddrs, peerId, pid: process.pid, ...(cafe && { cafe }) }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    return
  }
  const addresses = relay.multiaddrs.map((address) => `  ${address}\n`).join('')
  const resident = relay.cafe ? `The cafe "${relay.cafe.name}" is open. Invite:\n  ${relay.cafe.invite}\n` : ''
  process.stdout.write(`Popup Cafe is open at ${relay.url}\nRelay:\n${addresses}${resident}Stop with Ctrl+C.\n`)
}

function stopOnSignal(relay: Relay, log: Log): void {
  // npm forwards the terminal's signal, so it often comes twice; stop() takes that and ends by itself.
  const stop = (signal: NodeJS.Signals): void => {
    log('debug', 'stopping', { signal })
    void relay.stop().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
}

main().catch((error) => {
  const [code, text] = explain(error)
  process.stderr.write(`${text}\n`, () => process.exit(code))
})
