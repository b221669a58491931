/** Every limit of the relay, each with its reason. Sizes are bytes, times are milliseconds. */
import { KiB, MiB } from '../src/core/limits.ts'

/** Peers that may be reachable through this relay at once: a few MiB of memory each at most, so a small machine holds. */
export const MAX_RESERVATIONS = 1024
/** A seat is free again after this if its peer went silent; clients renew five minutes before. */
export const RESERVATION_TTL = 3_600_000
/**
 * Bytes one circuit may carry, both ways. The js default of 128 KiB is for signalling; a cafe is used through the relay
 * when no direct path exists. It stays finite, because libp2p never upgrades an unlimited circuit to a direct connection.
 */
export const CIRCUIT_BYTES = 1n << 40n
/** Life of one circuit. Sent in a field that clients read as seconds, so it must stay below 2^31. */
export const CIRCUIT_TIME = 86_400_000
/** A peer that has held a seat for this long in all is known: a crowd that wants the place of a cafe must stay as long. */
export const KNOWN_AFTER = 600_000
/** A shorter stay is not worth remembering: a crowd that comes and goes leaves nothing behind. */
export const STAY_WORTH = 60_000
/** How long a peer is known that does not come: a cafe whose people are on holiday. */
export const KNOWN_FOR = 21 * 86_400_000
/** Peers remembered: some hundred bytes each. */
export const MAX_KNOWN = 4 * MAX_RESERVATIONS
/** How long a circuit waits for a peer that has just taken its seat to say whom it admits: a round trip or two. */
export const SAY_TIME = 5_000
/** Lists of admitted peers that are kept: of every seat, and of as many peers that have just left and come back. */
export const MAX_LISTS = 2 * MAX_RESERVATIONS
/** Circuits of strangers to a seat that takes them, at once: people who knock. */
export const STRANGERS = 8
/** Bytes a second of each stranger: enough to register, and to be sent a photo. */
export const STRANGER_RATE = 256 * KiB
/**
 * Questions about seats and vouchers of one peer: a cafe with 4 000 devices says all of them at once, then changes; whoever
 * has nothing but words asks about 64 cafes at once, and about those that it finds named there.
 */
export const SEAT_QUESTIONS = { burst: 128, every: 1_000 }
/** Such questions of one peer under way at once. */
export const SEAT_STREAMS = 4

/** Bytes of a guest to one seat that no rate holds up, and how many a second come back: calls, mail, signalling. */
export const FREE_BYTES = 64 * KiB
export const FREE_RATE = 8 * KiB
/** Bytes of a piece that a shaped circuit forwards at once, so that those of others come in between. */
export const PIECE = 64 * KiB
/** Seats and guests whose use is remembered; the least users are forgotten. */
export const MAX_METERED = 4 * MAX_RESERVATIONS
/**
 * What a peer may send on one stream before the relay has passed it on. Fast over a long way (20 MiB/s at 100 ms), and
 * below the 4 MiB at which js-libp2p aborts a stream that is paused.
 */
export const STREAM_WINDOW = 2 * MiB

/** Connections in all: every seat, and as many visitors. */
export const MAX_CONNECTIONS = 2 * MAX_RESERVATIONS
/** Connections of one address, loopback apart (a reverse proxy there speaks for everyone): a large office behind one NAT. */
export const CONNECTIONS_PER_HOST = 256
/** Connections of one peer. One is normal; a second lives while a phone changes networks. */
export const CONNECTIONS_PER_PEER = 4
/** New connections of one address in a second: everybody reconnects at once when a relay restarts behind a proxy. */
export const NEW_CONNECTIONS_PER_SECOND = 256
/** Handshakes under way at once: each costs a few signatures. */
export const MAX_PENDING = 64
/** Of them, those of one address, so that nobody takes every place by being slow. */
export const PENDING_PER_HOST = 16
/** A socket that is no libp2p connection by then is closed: nobody's handshake takes as long. */
export const HANDSHAKE_TIME = 15_000
/** Sockets of one relay port, whatever they are: every connection, and as many that are not yet one. */
export const MAX_RELAY_SOCKETS = 8 * MAX_RESERVATIONS
/** Circuits one peer may open to others: its cafes and the devices it talks to. */
export const CIRCUITS_FROM_PEER = 128
/** Circuits to one cafe at once. */
export const CIRCUITS_TO_PEER = 512
/** An older connection of a peer that came back must answer within this, else it is dropped: longer than a full uplink stalls. */
export const LIVENESS_TIMEOUT = 10_000

/** Request headers: browsers send below 2 KiB to an origin without cookies. */
export const MAX_HEADER = 8 * KiB
/** Path and query: a CID, a deep path of names, percent-encoded. */
export const MAX_URL = 4 * KiB
/** Time for all headers to come: slow-loris ends here. */
export const HEADERS_TIMEOUT = 10_000
/** Time for a whole request, but for routes that take bodies and say so. */
export const REQUEST_TIMEOUT = 15_000
/** How often the two above are looked at. */
export const TIMEOUT_CHECK = 2_000
/** An open socket without traffic: also a reader who takes nothing of an answer. */
export const SOCKET_TIMEOUT = 60_000
/** An idle keep-alive socket. */
export const KEEP_ALIVE = 5_000
/** Sockets of the app server at once: a browser opens six for each tab, and libp2p may come by it too. */
export const MAX_SOCKETS = 2_048 + MAX_CONNECTIONS
/** Smaller files are sent as they are: compression saves less than a packet. */
export const MIN_GZIP = KiB

/** Everything is closed by then, or the process leaves anyway; a supervisor's patience begins at two seconds. */
export const STOP_GRACE = 1_500

/** A relay that drains is done when nothing has moved for so long: longer than a phone's uplink stalls between two blocks. */
export const DRAIN_QUIET = 2_000
export const DRAIN_LOOK = 100
/** Seconds that a drain may be given: a supervisor that waits longer is rare. */
export const MAX_DRAIN = 3_600
/** Addresses in `/config.json`: what a page takes. */
export const CONFIG_ADDRESSES = 8

/** How long after an upgrade the files of the build before are answered: tabs stay open over a holiday. */
export const PREVIOUS_KEPT = 14 * 86_400_000
/** Bytes of them, in memory too: some ten builds, compressed ones included. */
export const MAX_PREVIOUS = 128 * MiB

/** Bytes of a STUN request: browsers send below 100, and none may be cut in pieces on its way (RFC 8489 section 6.1). */
export const MAX_STUN_REQUEST = 548
/** Answers a second for one address: a browser asks a few times for each connection, an office has many of them. */
export const STUN_RATE = 64
/** Addresses answered within a second. */
export const MAX_STUN_NETS = 4_096

/** How often given certificate files are looked at, beside SIGHUP: those who renew do so days ahead. */
export const TLS_POLL = 30_000
/** Bytes of a file with a certificate chain or a key: a chain of a dozen is a few KiB. */
export const MAX_PEM = 256 * KiB

/** Milliseconds for one request to a certificate authority, and bytes of its answer: a chain is a few KiB. */
export const ACME_REQUEST = 30_000
export const MAX_ACME_ANSWER = 256 * KiB
/** Looks at what the authority is still working on: some minutes. */
export const ACME_POLLS = 60
/** The longest that an authority's wish to be left alone is believed: the week of its own limits. */
export const ACME_WAIT = 7 * 86_400_000
/** The pause after the first failure; it doubles up to half a day. Half of it is chance; authorities bear five failures an hour. */
export const ACME_PAUSES = { first: 10 * 60_000, longest: 12 * 3_600_000 } as const
/** Between two certificates, whatever their dates say. */
export const ACME_REST = 12 * 3_600_000
/** Milliseconds between two looks at the clock. */
export const ACME_LOOK = 3_600_000

/** Life of the certificate for WebRTC: its hash is in the relay's addresses, which people keep. */
export const RTC_LIFE = 10 * 365 * 86_400_000
/** A start in the last year of it makes a new one. */
export const RTC_RENEW = 365 * 86_400_000

/** Cafes asked for one block. Each question is one small stream on a connection that is open anyway. */
export const FIND_PEERS = 64
/** Milliseconds for all answers: a cafe that needs longer would serve the block slowly too. */
export const FIND_TIME = 3000
/** Searches one peer may have running: a page fetches eight blocks at once, mostly from a cafe it knows already. */
export const FIND_STREAMS = 8

/** Cafes in one answer of the directory: more than anybody asks one by one. */
export const MAX_CAFES = 256
/** Addresses of each: those of the relay that are announced, and some of the machine's own. */
export const CAFE_ADDRESSES = 8

/** Requests through the door at once: each may hold a window of half a MiB for a slow reader, so 256 MiB in all. */
export const DOOR_REQUESTS = 512
/** Requests of one address at once and a second, loopback apart: a page of two hundred pictures, and then who reads on. */
export const DOOR_PACE = { burst: 300, every: 50 } as const
/** Addresses remembered for that. */
export const DOOR_HOSTS = 10_000
/** Cafes that were here and are said to be asleep, on hosts of their own: the oldest are forgotten. */
export const DOOR_CAFES = 10_000
/** Bytes of a request's body: all that a cafe keeps unless its host allows more. */
export const DOOR_UPLOAD = 8 * 1024 * MiB
/** Time for a cafe to take a stream: a full uplink of a phone. */
export const DOOR_OPEN = 10_000
