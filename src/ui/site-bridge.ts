/**
 * The bridge, a page of the app without a face: websites on origins of their own show it in a hidden frame to be
 * connected to the node. It takes one kind of message, from the page around it only, and only if that page's origin is a
 * website right below the app's host; it hands over the port and says nothing more. A hostile website can do no more with
 * it than with any other: read the blocks of its own content.
 */
import { BRIDGE_READY, isSitePort, labelOfSite, SITE_REFUSED, type SiteGiven } from '../rpc/site-messages.ts'
import { giveSite } from './connect.ts'
import { guardScripts } from './trusted-types.ts'

/** Ports one page may ask for: it needs one. */
const MAX_ASKED = 4

function serveSite(): void {
  let asked = 0
  addEventListener('message', ({ data, source, origin, ports: [port] }) => {
    if (source !== parent || !isSitePort(data) || !port) return
    const label = labelOfSite(origin, location)
    if (label === undefined || ++asked > MAX_ASKED) return port.close()
    giveSite(label, port).then(
      (outlives) => parent.postMessage({ type: 'cafe:site-given', outlives } satisfies SiteGiven, origin),
      () => parent.postMessage(SITE_REFUSED, origin),
    )
  })
  // To whoever is there: it says nothing but that this page has loaded.
  parent.postMessage(BRIDGE_READY, '*')
}

guardScripts()
if (parent !== window) serveSite()
