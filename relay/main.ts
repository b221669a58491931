/**
 * The relay as a program: reads settings, starts, says where it is, stops on SIGINT and SIGTERM.
 * Exit codes: 0 stopped, 1 could not start, 2 wrong usage. Standard output holds what was asked for and nothing else.
 */
import type { Log } from '../src/core/log.ts'
import { type RelayConfig, readConfig, USAGE } from './config.ts'
import { explain } from './explain.ts'
import { createRelayLog } from './log.ts'
import { createRelay, type Relay } from './relay.ts'

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') return void process.stdout.write(USAGE)
  const log = createRelayLog(config.log, config.verbose ? 'debug' : 'info', (line) => void process.stderr.write(line))
  // One failed background task of one connection must not end the relay for all others.
  process.on('unhandledRejection', (error) => log('error', 'a background task failed', { error }))
  // Whoever read our output may have gone; the relay stays.
  process.stdout.on('error', () => {})
  const relay = await createRelay(config, { log })
  // First: who has read that it is open may already want it to stop.
  stopOnSignal(relay, config, log)
  await announce(relay, config)
}

async function announce(relay: Relay, { json }: RelayConfig): Promise<void> {
  if (json) {
    const { url, multiaddrs, peerId, lan, cafe } = relay
    const line = { url, relay: multiaddrs, peerId, pid: process.pid, lan, ...(cafe && { cafe }) }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    return
  }
  const network = relay.lan ? (await import('./lan/show.ts')).lanText(relay.lan) : ''
  const addresses = relay.multiaddrs.map((address) => `  ${address}\n`).join('')
  const resident = relay.cafe ? `The cafe "${relay.cafe.name}" is open. Invite:\n  ${relay.cafe.invite}\n` : ''
  process.stdout.write(
    `Popup Cafe is open at ${relay.url}\n${network}Relay:\n${addresses}${resident}Stop with Ctrl+C.\n`,
  )
}

function stopOnSignal(relay: Relay, config: RelayConfig, log: Log): void {
  const hurry = new AbortController()
  // npm forwards the terminal's signal, so it often comes twice; stop() takes that and ends by itself.
  const stop = (signal: NodeJS.Signals): void => {
    log('debug', 'stopping', { signal })
    hurry.abort()
    void relay.stop().then(() => process.exit(0))
  }
  let draining = false
  const drain = (signal: NodeJS.Signals): void => {
    if (config.drain === 0) stop(signal)
    if (config.drain === 0 || draining) return
    draining = true
    log('info', 'draining', { seconds: config.drain })
    void relay.drain(config.drain * 1000, hurry.signal).then((whole) => {
      log('info', whole ? 'drained' : 'the time to drain is over')
      stop(signal)
    })
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', drain)
  // A terminal that closes says the same; where there are certificates it means to read them again.
  process.on('SIGHUP', (signal) =>
    config.tlsCert || config.acmeDomain.length > 0 ? void relay.refresh() : stop(signal),
  )
}

main().catch((error) => {
  const [code, text] = explain(error)
  process.stderr.write(`${text}\n`, () => process.exit(code))
})
