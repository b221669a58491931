/**
 * `npm run bench -- name…`: measures the named figures, or all, in real browsers against the real relay. One line of JSON
 * for each on standard output, as soon as it is measured; everything else goes to standard error.
 *
 * Exit code: 0 if all were measured, 1 if one could not be, 2 for a name there is not.
 */
import { figure as bridgeLostCrash } from './bridge_lost_crash_ms.ts'
import { figure as bridgeLost } from './bridge_lost_ms.ts'
import { figure as bridgeRtt } from './bridge_rtt.ts'
import { figure as bridgeThroughput } from './bridge_throughput.ts'
import { figure as bridgeVsRaw } from './bridge_vs_raw.ts'
import { figure as bundleAccount } from './bundle_account.ts'
import { figure as bundleCafe } from './bundle_cafe.ts'
import { figure as bundleClassic } from './bundle_classic.ts'
import { figure as bundleFirstPaint } from './bundle_first_paint.ts'
import { figure as bundleSw } from './bundle_sw.ts'
import { figure as bundleWorker } from './bundle_worker.ts'
import { figure as coldReady } from './cold_ready_ms.ts'
import { createContext } from './context.ts'
import { figure as dir10k } from './dir_10k.ts'
import { figure as doorFirstByte } from './door_first_byte.ts'
import { figure as doorThroughput } from './door_throughput.ts'
import { figure as failover } from './failover_ms.ts'
import { figure as feedScroll } from './feed_scroll.ts'
import { type Figure, lineOf } from './figure.ts'
import { figure as firstByte } from './first_byte_p95.ts'
import { figure as gatewayHeap } from './gateway_heap.ts'
import { figure as gatewayKeyed } from './gateway_keyed_256mib.ts'
import { figure as gatewayKeyedVsPlain } from './gateway_keyed_vs_plain.ts'
import { figure as gatewayPlain } from './gateway_plain_256mib.ts'
import { figure as gatewayVsLibrary } from './gateway_vs_verified_fetch.ts'
import { figure as gcBlocks } from './gc_blocks.ts'
import { figure as gcGrowth } from './gc_growth.ts'
import { figure as hasGrowth } from './has_growth.ts'
import { figure as inboxCheck } from './inbox_check.ts'
import { figure as inboxDeliver } from './inbox_deliver.ts'
import { figure as interactive } from './interactive_ms.ts'
import { figure as inviteToRegistered } from './invite_to_registered.ts'
import { online, onlineLate, wake, wakeLate } from './mail_latency.ts'
import { figure as nodeDeliver } from './node_deliver.ts'
import { figure as nodePin } from './node_pin.ts'
import { figure as nodeRegister } from './node_register.ts'
import { figure as pin } from './pin_64mib.ts'
import { figure as pinBlocks1k } from './pin_blocks_1k.ts'
import { figure as pinBlocks1m } from './pin_blocks_1m.ts'
import { figure as pinBlocks256k } from './pin_blocks_256k.ts'
import { figure as pinGrowth } from './pin_growth.ts'
import { figure as recover } from './recover_50x100.ts'
import { figure as relayCpu } from './relay_cpu_per_gib.ts'
import { figure as relayThroughputNode } from './relay_throughput.ts'
import { figure as relayThroughput } from './relay_throughput_tab.ts'
import { figure as reloadReady, restart as reloadRestart } from './reload_ready_ms.ts'
import { search1k, search10k, search100k } from './search.ts'
import { figure as seek1gib } from './seek_1gib_p95.ts'
import { figure as seekGrowth } from './seek_growth.ts'
import { figure as threadAppend } from './thread_append.ts'
import { figure as threadOpenGrowth } from './thread_open_growth.ts'
import { figure as threadSync } from './thread_sync.ts'

const FIGURES: readonly Figure[] = [
  inviteToRegistered,
  pin,
  pinBlocks1k,
  pinBlocks256k,
  pinBlocks1m,
  gcBlocks,
  pinGrowth,
  hasGrowth,
  gcGrowth,
  search1k,
  search10k,
  search100k,
  inboxDeliver,
  inboxCheck,
  nodeRegister,
  nodeDeliver,
  nodePin,
  online,
  onlineLate,
  wake,
  wakeLate,
  threadAppend,
  threadOpenGrowth,
  recover,
  threadSync,
  firstByte,
  dir10k,
  seekGrowth,
  seek1gib,
  gatewayHeap,
  gatewayVsLibrary,
  gatewayPlain,
  gatewayKeyed,
  gatewayKeyedVsPlain,
  bridgeThroughput,
  bridgeRtt,
  bridgeVsRaw,
  bridgeLost,
  bridgeLostCrash,
  doorThroughput,
  doorFirstByte,
  relayThroughput,
  relayThroughputNode,
  relayCpu,
  failover,
  reloadReady,
  reloadRestart,
  coldReady,
  interactive,
  feedScroll,
  bundleSw,
  bundleWorker,
  bundleAccount,
  bundleCafe,
  bundleClassic,
  bundleFirstPaint,
]

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !FIGURES.some((figure) => figure.name === name))
  if (unknown.length > 0) {
    console.error(`There is no figure called ${unknown.join(', ')}. There are:`)
    for (const { name } of FIGURES) console.error(`  ${name}`)
    return 2
  }
  const context = createContext()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void context.close().finally(() => process.exit(1)))
  }
  let failed = 0
  try {
    for (const figure of FIGURES) {
      if (names.length > 0 && !names.includes(figure.name)) continue
      console.error(`Measuring ${figure.name}…`)
      try {
        console.log(JSON.stringify(lineOf(figure, await figure.run(context))))
      } catch (error) {
        console.error(error)
        failed++
      }
    }
  } finally {
    await context.close()
  }
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
