/**
 * Every bound of the bridge, with its reason. How those on bytes add up is told in `shim.ts`, under back-pressure.
 */

const KiB = 1024
const MiB = 1024 * KiB

/** Connections one tab lends at once. Chromium allows 500 in a page; 64 direct peers are plenty for a cafe. */
export const MAX_CONNECTIONS = 64
/** Channels one connection may hold at once. SCTP in Chromium has 1024 stream ids, half of them for each side. */
export const MAX_CHANNELS = 512
/** Largest message either way: what Chromium announces as `a=max-message-size`. */
export const MAX_MESSAGE = 256 * KiB
/**
 * Bytes a channel holds in the worker, on its port and in the pump's queue together; `send()` throws beyond. libp2p
 * stops at 2 MiB, plus one message.
 */
export const MAX_UNACKED = 2 * MiB + MAX_MESSAGE
/** The same in messages, so that a flood of empty ones is bounded too. */
export const MAX_UNACKED_FRAMES = 16_384
/** Bytes the pump keeps in the real channel: enough that SCTP never runs dry. */
export const PUMP_HIGH = 1 * MiB
/** At this many bytes left the pump fills up again. */
export const PUMP_LOW = 256 * KiB
/**
 * Stream id of the negotiated channel each lent connection carries as a sentinel. Its close is how one learns within
 * milliseconds that the other side is gone; `connectionState` says so only after 5 to 15 s.
 */
export const SENTINEL_ID = 1000
/** Milliseconds between two questions to a tab whether it is there. Answers are not throttled in hidden tabs. */
export const BEAT = 1000
/** Questions without any word from the tab after which, at the next beat, it counts as hung. */
export const MAX_UNANSWERED = 3
/** A session description for data is below 2 KiB; one with many candidates, some more. */
export const MAX_SDP = 64 * KiB
/** A candidate line, label, protocol, URL or error text. W3C allows labels of 65 535 bytes. */
export const MAX_TEXT = 65_535
/** ICE servers in a configuration and URLs in one of them; browsers warn at five. */
export const MAX_SERVERS = 16
