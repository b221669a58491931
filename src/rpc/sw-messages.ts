/**
 * Messages between pages and the service worker. A service worker cannot open the SharedWorker: it asks the windows for
 * a port, and a page makes a channel, sends one end to the worker (`tab.gateway`) and the other here.
 *
 * Without SharedWorker the host runs in one tab, and a tab cannot send a port to another tab: the service worker carries
 * it. It remembers no host, since it may be stopped at any time, but asks each time:
 *
 * | from           | message     | means                                                       |
 * |----------------|-------------|-------------------------------------------------------------|
 * | a page         | `to-host`   | here is a port for the tab that hosts                        |
 * | service worker | `who-hosts` | to every window: is it you?                                  |
 * | the host's tab | `host-here` | it is me                                                     |
 * | service worker | `page-port` | here is a port of another page; its first message is from you, `{ life }` |
 */

import { isWatchName } from '../core/watched.ts'

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

/** From a page to the service worker: how many transfers would a newer version cut? Answered by a number on the port. */
export interface LiveStreams {
  readonly type: 'cafe:live-streams'
}

/** From a page to the service worker: which build of the app are you of? Answered by its id on the port. */
export interface WhichBuild {
  readonly type: 'cafe:which-build'
}

/** From a page of the app to the service worker: tell me, by the first transferred port, of requests under this name. */
export interface WatchMessage {
  readonly type: 'cafe:watch'
  /** See core/watched.ts. */
  readonly name: string
}

/** From a page to the service worker: keep the app's own files, so that it starts without its host. */
export interface KeepShell {
  readonly type: 'cafe:keep-shell'
}

/** From a page to the service worker: carry the first transferred port to the tab that hosts. */
export interface ToHost {
  readonly type: 'cafe:to-host'
}

/** From the service worker to every window: do you run the host? */
export interface WhoHosts {
  readonly type: 'cafe:who-hosts'
}

/** From the tab that hosts to the service worker. */
export interface HostHere {
  readonly type: 'cafe:host-here'
}

/** From the service worker to the tab that hosts: another page's port, as the first transferred object. */
export interface PagePort {
  readonly type: 'cafe:page-port'
}

/** What a notification carries: where in the app it leads. */
export interface NoticeData {
  readonly type: 'cafe:notice'
  /** Fragment of a thread or of the list of them. */
  readonly hash: string
}

/** From the service worker to a window: the person has chosen a notification, go there. */
export interface OpenNotice {
  readonly type: 'cafe:open-notice'
  readonly hash: string
}

/** The first message on a carried port, from the tab that hosts. */
export interface Arrived {
  /** Web Lock that this tab holds as long as it hosts. */
  readonly life: string
}

export const TO_HOST: ToHost = { type: 'cafe:to-host' }
export const WHO_HOSTS: WhoHosts = { type: 'cafe:who-hosts' }
export const HOST_HERE: HostHere = { type: 'cafe:host-here' }
export const PAGE_PORT: PagePort = { type: 'cafe:page-port' }
export const NEED_NODE: NeedNode = { type: 'cafe:need-node' }
export const SKIP_WAITING: SkipWaiting = { type: 'cafe:skip-waiting' }
export const LIVE_STREAMS: LiveStreams = { type: 'cafe:live-streams' }
export const WHICH_BUILD: WhichBuild = { type: 'cafe:which-build' }
export const KEEP_SHELL: KeepShell = { type: 'cafe:keep-shell' }

/** Longest lock name: `holdLife` makes names of about 60 characters. */
const MAX_LIFE = 128

export const isNeedNode = (data: unknown): data is NeedNode => typeOf(data) === NEED_NODE.type

export const isSkipWaiting = (data: unknown): data is SkipWaiting => typeOf(data) === SKIP_WAITING.type

export const isWatch = (data: unknown): data is WatchMessage =>
  typeOf(data) === 'cafe:watch' && isWatchName((data as { readonly name?: unknown }).name)

export const isLiveStreams = (data: unknown): data is LiveStreams => typeOf(data) === LIVE_STREAMS.type

export const isWhichBuild = (data: unknown): data is WhichBuild => typeOf(data) === WHICH_BUILD.type

export const isKeepShell = (data: unknown): data is KeepShell => typeOf(data) === KEEP_SHELL.type

export const isToHost = (data: unknown): data is ToHost => typeOf(data) === TO_HOST.type

export const isWhoHosts = (data: unknown): data is WhoHosts => typeOf(data) === WHO_HOSTS.type

export const isHostHere = (data: unknown): data is HostHere => typeOf(data) === HOST_HERE.type

export const isPagePort = (data: unknown): data is PagePort => typeOf(data) === PAGE_PORT.type

export const isNodePort = (data: unknown): data is NodePortMessage => typeOf(data) === 'cafe:node-port' && hasLife(data)

export const isNoticeData = (data: unknown): data is NoticeData => typeOf(data) === 'cafe:notice' && hasHash(data)

export const isOpenNotice = (data: unknown): data is OpenNotice => typeOf(data) === 'cafe:open-notice' && hasHash(data)

export const isArrived = (data: unknown): data is Arrived => hasLife(data)

function hasLife(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('life' in data)) return false
  return typeof data.life === 'string' && data.life.length <= MAX_LIFE
}

function hasHash(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('hash' in data)) return false
  return typeof data.hash === 'string' && /^#(threads|thread=[0-9a-f]{64})$/.test(data.hash)
}

function typeOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
}
