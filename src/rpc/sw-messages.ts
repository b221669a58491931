/**
 * Messages between pages and the service worker. A service worker cannot open the SharedWorker: it asks the windows for
 * a port, and a page makes a channel, sends one end to the worker (`tab.gateway`) and the other here.
 */

/** From the service worker to every window: hand me a port to the node, if you have one. */
export interface NeedNode {
  readonly type: 'cafe:need-node'
}

/** From a page to the service worker: a port to the node, as the first transferred object. */
export interface NodePortMessage {
  readonly type: 'cafe:node-port'
  /** Web Lock that the node holds as long as it lives. */
  readonly life: string
}

/** From a page to a waiting service worker: take over now. */
export interface SkipWaiting {
  readonly type: 'cafe:skip-waiting'
}

export const NEED_NODE: NeedNode = { type: 'cafe:need-node' }
export const SKIP_WAITING: SkipWaiting = { type: 'cafe:skip-waiting' }

/** Longest lock name: `holdLife` makes names of about 60 characters. */
const MAX_LIFE = 128

export const isNeedNode = (data: unknown): data is NeedNode => typeOf(data) === NEED_NODE.type

export const isSkipWaiting = (data: unknown): data is SkipWaiting => typeOf(data) === SKIP_WAITING.type

export const isNodePort = (data: unknown): data is NodePortMessage =>
  typeOf(data) === 'cafe:node-port' &&
  typeof (data as NodePortMessage).life === 'string' &&
  (data as NodePortMessage).life.length <= MAX_LIFE

function typeOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
}
