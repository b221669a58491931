/**
 * Every limit of the system in one place, each with its reason. Sizes are bytes, times are milliseconds unless the
 * name says otherwise.
 */

export const KiB = 1024
export const MiB = 1024 * KiB

/** First frame of a call. A session, a challenge or an offer's head is far below this. */
export const MAX_REQUEST = 64 * KiB
/** Any other control frame (want-lists, acknowledgements, list pages). */
export const MAX_FRAME = 64 * KiB
/** A block, as everywhere in IPFS since bitswap 1.2. */
export const MAX_BLOCK = 2 * MiB
/** A frame that carries a block: the block, its CID and some CBOR. */
export const MAX_BLOCK_FRAME = MAX_BLOCK + 4 * KiB
/** Leaf size of files we import: equals the cipher's segment, so a range needs only the leaves it covers. */
export const LEAF = 256 * KiB
/**
 * Unacknowledged bytes in flight on one stream. WebRTC has no receive back-pressure and js-libp2p aborts a stream at
 * 4 MiB unread; the window plus one more block must stay below that.
 */
export const WINDOW = 1.5 * MiB
/** CIDs in one offer or want frame: about 50 bytes each, so a full list stays below MAX_FRAME. */
export const MAX_OFFER = 512
/** Rows in one page of a list. */
export const MAX_PAGE = 200

/** Bytes a client may pin unless its token says otherwise. Room is counted as people see it: a GB is 10^9 bytes. */
export const CLIENT_QUOTA = 1_000_000_000
/** Room by name: some photos; a phone's worth of documents; somebody's whole life, on a host that has the disk. */
export const QUOTAS = { small: 250_000_000, normal: CLIENT_QUOTA, large: 10_000_000_000 } as const
/** Bytes for whoever comes to an open cafe: nobody has vouched for them. */
export const OPEN_QUOTA = 64_000_000
/** Roots a client may pin: bounds the list and the walk of a collection. */
export const CLIENT_ROOTS = 10_000

/** Bytes a cafe keeps for all its clients unless its host says otherwise: below the 10 GiB that browsers grant an origin. */
export const CAFE_BUDGET = 8 * 1024 * MiB
/** Fetched blocks kept as a cache: a few films' beginnings, or what one reads in a week. */
export const CACHE_BYTES = 512 * MiB
export const CACHE_AGE = 30 * 86_400_000
/** What an interrupted upload brought is kept this long: who closes a laptop in the evening goes on in the morning. */
export const LEASE_TTL = 24 * 3_600_000
/** Unfinished uploads an account may have at once; the oldest interrupted one gives way to the next. */
export const CLIENT_LEASES = 64
/** Blocks in one row of a list: a full offer; 20 to 36 KiB, below what IndexedDB stores as a file of its own. */
export const LIST_BLOCKS = 512

/** Bytes of a pin's name and key as sealed by their owner: the larger of two sizes, so that a length tells little. */
export const MAX_SEALED = 1 * KiB
/** Where a root may be fetched from, as in the IPFS Pinning Service API. */
export const MAX_ORIGINS = 20
/** Roots an account may have waiting to be fetched: a page of them is looked at each time one is done. */
export const CLIENT_JOBS = 1000
/** Fetches from peers that run at once: each may hold some megabytes of blocks that are not stored yet. */
export const FETCHES = 3
/** A root whose origins were not reached for this long is given up. */
export const FETCH_TTL = 24 * 3_600_000
/** Header of a CAR: thousands of roots; ours have one. */
export const MAX_CAR_HEADER = 16 * KiB
/** Bytes of a CAR in one frame. */
export const CAR_CHUNK = 256 * KiB
/** Blocks in one audit: at most 64 MiB to be read and hashed, 8 MiB where they are leaves of ours. */
export const MAX_AUDIT = 32
/** Audited blocks an account gets at once, and again each second: a day's audit of 10 000 files in under an hour. */
export const AUDIT_BURST = 256
export const AUDIT_RATE = 8
/**
 * Blocks an account may have read for repairs at once (its largest file), and again each second: all it keeps in a day,
 * without holding up what others ask of the disk.
 */
export const MEND_BURST = 100_000
export const MEND_RATE = 500
/**
 * Bytes of blocks one peer gets in the long run, a second, and at once: many films side by side, and an archive at the full
 * speed of a direct path; but nobody takes the host's whole uplink for a day.
 */
export const SERVE_RATE = 16 * MiB
export const SERVE_BURST = 256 * MiB

/** Registration challenge: long enough for a slow phone, short enough that the consumed-nonce table stays small. */
export const CHALLENGE_TTL = 120_000
/** Consumed nonces remembered at once; beyond it registration answers BUSY. */
export const MAX_NONCES = 10_000
/** Access JWT: short, because it is silently refreshed. */
export const ACCESS_TTL = 3_600_000
/** Refresh JWT: slides with use. */
export const REFRESH_TTL = 30 * 86_400_000
/** A session ends for good after this, whatever was refreshed. */
export const SESSION_TTL = 180 * 86_400_000
/** A lost refresh reply may be asked for again this long. */
export const REFRESH_GRACE = 60_000
/** Difference of clocks we accept in tokens. */
export const CLOCK_SKEW = 60_000
/** Back by more than this, the cafe's clock is wrong, and what it issued could outlive its end: it issues nothing. */
export const CLOCK_BACK = 5 * 60_000
/** Challenges a peer may ask for: a person who tries again and again needs a few a minute. */
export const CHALLENGES_PER_PEER = { burst: 10, every: 6000 } as const
/** Challenges for strangers in all, so that no crowd of made-up peers keeps the cafe busy. Clients do not wait for them. */
export const CHALLENGES_OF_STRANGERS = { burst: 60, every: 1000 } as const
/** Registrations a stranger's peer may try: five in an hour. */
export const REGISTRATIONS_OF_STRANGER = { burst: 5, every: 12 * 60_000 } as const
/** And a client, whose sessions may be lost in all kinds of ways, of its own account. */
export const REGISTRATIONS_OF_CLIENT = { burst: 30, every: 2 * 60_000 } as const
/** Strangers that an open cafe admits: what a hundred of them may keep fits on a laptop. */
export const OPEN_ADMISSIONS = { burst: 30, every: 2 * 60_000 } as const
/** Accounts that an open cafe has without token at most, whatever the time. */
export const OPEN_CLIENTS = 100
/** Peers whose turns are remembered: 10 000 buckets are about 1 MB. */
export const MAX_RATE_KEYS = 10_000
/** Requests to join that wait for the host: what a person can look through. */
export const MAX_REQUESTS = 50
/** A request waits this long for the host's answer. */
export const REQUEST_TTL = 7 * 86_400_000
/** A host's yes must be used, and a no is remembered, this long. */
export const DECISION_TTL = 86_400_000
/** Evicted accounts are remembered this long, to be told why and to be kept out without a new token. */
export const EVICTION_TTL = 90 * 86_400_000
/** And that many of them; the oldest are forgotten. */
export const MAX_EVICTIONS = 1000
/** Devices an account has put out that a cafe remembers; the oldest are forgotten. */
export const MAX_DROPPED = 64
/** A device's certificate: a forgotten device ends by itself, and one in use renews in time. */
export const DEVICE_CERT_TTL = 400 * 86_400_000
/** Renewed with this much left: whoever opens the app twice a year is never late. */
export const DEVICE_CERT_RENEW = 200 * 86_400_000
/** An offer to receive an account: time to walk to the other device. */
export const LINK_TTL = 5 * 60_000
/** A receipt of a client that left can be fetched again this long, since a reply can be lost. */
export const DEPARTURE_TTL = 86_400_000
/** A notice to somebody evicted, in UTF-16 units: it must fit the data of an error. */
export const MAX_NOTICE = 200
/** Access tokens at once: hosts hand out dozens. */
export const MAX_TOKENS = 1000
/** A guest of a paused cafe asks again after this: soon for a person who waits, and little for a cafe that rests. */
export const PAUSED_AFTER = 20_000
/** What a host tells its guests reaches those who listen within this, or they are left without it. */
export const FAREWELL_TIME = 2000
/** Lines of the host's activity log, and how old they get: what a person looks through, of the last weeks. */
export const MAX_ACTIVITY = 200
export const ACTIVITY_TTL = 30 * 86_400_000
/** The same by the same account within this is one line with a count: an upload of a thousand files is no thousand lines. */
export const ACTIVITY_AGAIN = 3_600_000
/** Alarms kept for the host; the oldest are forgotten. */
export const MAX_ALARMS = 100
/** Live channels in all: one for each peer, for a cafe of some hundred devices. */
export const MAX_WATCHES = 512
/** Sign of life on a live channel: often enough for routers that forget idle paths, seldom enough for a phone. */
export const WATCH_PULSE = 25_000
/** No sign of life on a live channel for this long means that the cafe is gone. */
export const WATCH_IDLE = 3 * WATCH_PULSE
/** A signed receipt with its counts: far below this. */
export const MAX_RECEIPT = 4 * KiB
/** Bearer tokens for HTTP one client may have at once: a program each, and a person forgets some. */
export const MAX_BEARERS = 32
/** A bearer works at most this long: forgotten ones end by themselves. */
export const BEARER_TTL = 365 * 86_400_000
/** A JWT is below 1 KiB; anything longer is not looked at. */
export const MAX_JWT = 2 * KiB

/** A sealed snapshot or manifest: the largest size that sealed things have. */
export const MAX_SLOT_BODY = 256 * KiB
/** What an account may leave for others to find: heads and roots of one thread fill a sixteenth of it. */
export const MAX_DROP_BODY = 64 * KiB
/** Slots of an account: more threads than a person follows in all their years. */
export const CLIENT_SLOTS = 1000
/** Drops of an account: one for each thread, and as many that have not expired yet. */
export const CLIENT_DROPS = 2000
/** Bytes of an account's slots, both versions of each: a thousand snapshots of the usual 16 KiB, twice. */
export const CLIENT_SLOT_BYTES = 32 * MiB
/** Bytes of an account's drops: all of them at the usual 4 KiB. */
export const CLIENT_DROP_BYTES = 8 * MiB
/**
 * And at most these parts of its quota, beside what it pins: a hundred strangers at an open cafe, with 10 MB each, cannot
 * fill what there is for all.
 */
export const SLOT_SHARE = 1 / 8
export const DROP_SHARE = 1 / 32
/** Bytes of slots and drops of all clients: an eighth of the cafe's room beside it, in the store of small records. */
export const CAFE_RECORDS = 1024 * MiB
/** A drop ends this long after it was last left: who has not come for a season is not waited for. */
export const DROP_TTL = 90 * 86_400_000
/** Drops in one question: if all are of the largest size, half of what js-libp2p keeps unread. */
export const MAX_LOOK = 32
/** How often drops that are over are looked for. */
export const DROP_SWEEP = 3_600_000
/**
 * Bytes an account may write to slots, drops and its card at once (all it may keep, and half of it again: a move), and
 * again each second: a snapshot of the largest size, which no thread needs more often.
 */
export const RECORDS_BURST = 64 * MiB
export const RECORDS_RATE = 256 * KiB
/**
 * Bytes an account may read of its slots at once (all it may have, four times over: several devices begin anew), and again
 * each second: a megabyte is more than a recovery over a relay takes.
 */
export const READ_BURST = 128 * MiB
export const READ_RATE = 1 * MiB
/**
 * Bytes that whoever asks may read of drops and cards at once (all drops of a busy person), and again each second. Absent
 * ones cost too, so that guessing ids is not free.
 */
export const LOOK_BURST = 16 * MiB
export const LOOK_RATE = 128 * KiB
/** And all strangers together: a quarter of what a home's uplink carries. Clients do not wait for them. */
export const LOOK_BURST_STRANGERS = 64 * MiB
export const LOOK_RATE_STRANGERS = 1 * MiB
/** What looking for something costs that is not there, as if it had this many bytes. */
export const LOOK_COST = 1 * KiB
/** What a sealed link gives to whoever opens it: a key and a name. The smallest two sizes of sealed things. */
export const MAX_LINK_BODY = 1 * KiB
/** What its owner notes about it: the same, where it leads and what the owner calls it. */
export const MAX_LINK_NOTE = 4 * KiB
/** Links of an account, ended ones that are still shown among them; the one that ended first gives way to a new one. */
export const CLIENT_LINKS = 500
/** Links of all clients: with notes of the usual size and openings some hundred megabytes at most, beside small records. */
export const CAFE_LINKS = 100_000
/** Openings a link may be limited to: more is no limit that anybody means. */
export const MAX_OPENINGS = 1_000_000
/** Cafes one link is put to: as many as an address of it names, with room for one that it moves to. */
export const LINK_CAFES = 3
/** An attempt that was counted is not counted again this long: answers get lost, and people try again at once. */
export const ATTEMPT_TTL = 10 * 60_000
/** A link that has ended is shown to its owner this long. */
export const LINK_KEPT = 90 * 86_400_000
/** How often links to be forgotten are looked for. */
export const LINK_SWEEP = 3_600_000
/** Openings of one link, whoever asks: a class of sixty at once. It bounds the attempts that are remembered, too. */
export const OPENINGS_OF_LINK = { burst: 60, every: 1000 } as const
/** Wrong passwords for one link: what people mistype, and then one in a minute, so a short password holds for years. */
export const WRONG_PASSWORDS = { burst: 10, every: 60_000 } as const
/** Openings one peer may try, and those of all strangers together. Clients do not wait for strangers. */
export const OPENINGS_PER_PEER = { burst: 60, every: 2000 } as const
export const OPENINGS_OF_STRANGERS = { burst: 600, every: 50 } as const
/** Ids that a peer may ask for and that are not there: old links in a message, and no more guesses than one in half a minute. */
export const MISSED_LINKS = { burst: 20, every: 30_000 } as const
/** Characters of a link's password. Wrong ones are slow, so four are worth something already. */
export const MIN_LINK_PASSWORD = 4
export const MAX_LINK_PASSWORD = 256
/** Links whose keys this device remembers as opened, and how long after they were last used. */
export const OPENED_LINKS = 200
export const OPENED_TTL = 3_600_000
/** A contact card: a name, sixteen devices with their certificates and eight inboxes fill half of it. */
export const MAX_CARD = 16 * KiB
/**
 * Devices of one account: those in use, and those that were lost or wiped and nobody took off the list. At a cafe one more
 * takes the place of the one that was silent longest.
 */
export const MAX_DEVICES = 16
/** Cafes a card names: beyond a few, more copies make nothing safer. */
export const MAX_INBOXES = 8
/** A card holds at most this long without being renewed. */
export const MAX_CARD_TTL = 365 * 86_400_000
/** Characters of a handle: what fits on a visiting card. */
export const MAX_HANDLE = 32

/** A search: a long name, or an address, and a careless paste. In UTF-16 units. */
export const MAX_QUERY = 256
/** Results of one search: a page to look through, unless more are asked for. */
export const FIND_LIMIT = 10
export const MAX_FIND = 50
/** A search waits for other cafes this long at most; a person has given up by then. */
export const MAX_FIND_WAIT = 30_000
/** And this long unless it says otherwise. */
export const FIND_WAIT = 10_000
/** Addresses that a search leaves out: a whole address book. */
export const MAX_FIND_EXCLUDE = 512
/** Searches of an account: one every two seconds is more than somebody who types and looks makes. */
export const FIND_PACE = { burst: 30, every: 2000 } as const
/** Cards an account is given by searches in an hour: sixty full pages, and no directory of a cafe in a day. */
export const FOUND_PACE = { burst: 600, every: 6000 } as const
/** Cafes that one search asks, and at once: a question must not become a storm. */
export const MAX_ASKED = 32
export const ASKED_AT_ONCE = 8
/** One cafe's time to answer: a relayed path, a slow phone, an index on its disk. */
export const ASK_WAIT = 10_000
/** Questions of one other cafe, for all its clients, and cards it is given in an hour. */
export const ASK_PACE = { burst: 60, every: 1000 } as const
export const ANSWER_PACE = { burst: 2000, every: 1800 } as const
/** And of all peers together that this cafe does not know as cafes: peers cost nothing to make. */
export const ASK_PACE_STRANGERS = { burst: 120, every: 500 } as const
export const ANSWER_PACE_STRANGERS = { burst: 2000, every: 1800 } as const

/** What a cafe says about itself: a name and eight addresses of the usual length fill half of it. */
export const MAX_INFO = 2 * KiB
/** It holds this long without being renewed: a tab that has not been seen for days is not worth a call. */
export const INFO_TTL = 3 * 86_400_000
/** Records that two cafes give each other at once: with the own one they fit in a frame. */
export const MAX_TRADE = 16
/** Cafes a cafe knows of; and, of those it has only heard of, from one teller. */
export const MAX_KNOWN_CAFES = 256
export const MAX_HEARD_FROM_ONE = 32
/** A cafe that has answered counts as one that does for this long. */
export const KNOWN_GOOD = 7 * 86_400_000
/** A cafe that gave something forged is asked nothing for this long. */
export const MARK_TTL = 86_400_000
/** How often cafes tell each other who is there, before chance; and with how many each time. */
export const TRADE_EVERY = 10 * 60_000
export const TRADE_PARTNERS = 4
/** Trades of one peer, and of all peers together that are not known as cafes. */
export const TRADE_PACE = { burst: 6, every: 60_000 } as const
export const TRADE_PACE_STRANGERS = { burst: 60, every: 2000 } as const

/** Difference of clocks we accept in signed records, which people's devices date. */
export const RECORD_SKEW = 10 * 60_000

/** A sealed letter in an inbox: a long post; what is longer is a file that the letter names. */
export const MAX_LETTER = 64 * KiB
/** A letter by the stranger's door: some pages of text, from somebody nobody has asked to write. */
export const MAX_STRANGE_LETTER = 16 * KiB
/** Letters of one inbox: what a busy person gets in a season away. */
export const INBOX_LETTERS = 5000
/** Bytes of one inbox: all its letters at the usual 4 KiB, three times over. */
export const INBOX_BYTES = 64 * MiB
/** And at most this part of the account's quota, beside what it pins: as for slots. */
export const INBOX_SHARE = 1 / 8
/**
 * Parts of an inbox, by door. Each has its own, which is the others' neither when it is full nor when it is empty: so no crowd
 * of strangers, nor all who were handed a contact link, can keep out a contact or somebody of a thread.
 */
export const DOOR_SHARES = { contact: 12 / 16, introduced: 3 / 16, stranger: 1 / 16 } as const
/** Of its door's part, what may lie there from one key: no correspondent fills an inbox for the others. */
export const DOOR_KEY_SHARE = 1 / 2
/** An owner is warned when so much of a part is taken. */
export const INBOX_WARNING = 0.8
/** Bytes and letters of all inboxes: as much as all slots and drops, and what is recounted in a few seconds at a start. */
export const CAFE_MAIL = 1024 * MiB
export const CAFE_LETTERS = 200_000
/** What a letter costs beside its body, in bytes: its rows. */
export const LETTER_COST = 512
/**
 * Letters an inbox has had and remembers until they would have ended, so that one that is sent again is not kept again; the
 * oldest are forgotten. As many as it may hold.
 */
export const INBOX_MEMORY = INBOX_LETTERS
/** A letter is kept this long at most, and at least: who has not come for a season is not waited for. */
export const MAX_MAIL_TTL = 90 * 86_400_000
export const MIN_MAIL_TTL = 3_600_000
/** Door keys of an account: one for everybody it writes with and each of its threads. Their hashes fill a row of 64 KB. */
export const MAX_DOORS = 2000
/** Letters in one acknowledgement: 34 bytes each, so half a frame. */
export const MAX_ACK = 1000
/** Letters by one door key: what a device that was away for a while brings at once, and then a quick talk. */
export const LETTERS_PER_KEY = { burst: 60, every: 1000 } as const
/** Letters from one peer, whoever they are for: one for each member of two large threads, and again ten a second. */
export const LETTERS_PER_PEER = { burst: 256, every: 100 } as const
/** Letters of all strangers together. Who has a key does not wait for them. */
export const LETTERS_OF_STRANGERS = { burst: 100, every: 1000 } as const
/** And of all strangers to one inbox in a day: more is no correspondence, but a flood. */
export const STRANGERS_A_DAY = 20
/** Work for a stranger's letter, in bits: about a second on a laptop and some on a phone, but a day for a hundred thousand. */
export const WORK_BITS = 20
/** Hours by which the clocks of a stranger and a cafe may differ: work cannot be done long ahead, nor is it lost at the full hour. */
export const WORK_SKEW = 1
/** Whoever finds an inbox full may come again after this: its owner must come by first. */
export const FULL_AFTER = 10 * 60_000
/** Letters read at once for a device: a megabyte or two if all are of the largest size. */
export const MAIL_PAGE = 32
/** How often letters that are over are looked for, and in how many rows each time. */
export const MAIL_SWEEP = 60_000
export const MAIL_SWEEP_ROWS = 2000

/** Letters of an account on their way from one device: a busy person's month offline. All that fits one inbox may be for one. */
export const MAX_OUT_LETTERS = 20_000
export const MAX_OUT_TO_ONE = INBOX_LETTERS
/** Bytes of their bodies: an inbox full. */
export const MAX_OUT_BYTES = INBOX_BYTES
/** Members who are away and get a post by mail; of more each looks for it at the author's cafes. */
export const MAX_MAILED = 64
/** Letters whose end is remembered: what a person scrolls back to. */
export const MAX_ENDED = 5000
/** Letters that have come and wait for those before them, or for whoever takes them; with more, they stay at the cafes. */
export const MAX_HELD = 10_000
/** Lines that letters come in, of all people: one for each device of a thousand correspondents, several times over. */
export const MAX_LINES = 10_000
/** And of one account: its devices, each of which may have begun anew. */
export const MAX_LINES_OF_ONE = 64
/** Holes in one line: more letters than that cannot go missing one by one without somebody doing it. */
export const MAX_LINE_RANGES = 512
/** What could not be used is kept for the person to look at, this many and this much of it; the oldest go. */
export const MAX_QUARANTINE = 200
export const MAX_QUARANTINE_BYTES = 4 * MiB
/** Cards, doors and hints of others: far more people than anybody writes with. */
export const MAX_KNOWN_CARDS = 5000

/** A name of a cafe, a token's label, a file: what a person types. In Unicode code points. */
export const MAX_NAME = 64
/** Addresses in an invite or a record. */
export const MAX_ADDRESSES = 8
/** Cafes a relay names at once, as it has it. */
export const MAX_LISTED_CAFES = 256
/** Their peer ids and addresses as JSON: 256 of eight addresses with two peer ids each are 400 KB. */
export const MAX_CAFE_LIST = 512 * KiB
/** An invite as text: name, peer id, eight addresses and a token fit in a fifth of this. */
export const MAX_INVITE = 4 * KiB

/** A pairing code: time to scan two of them, to find out how, and to start again once. */
export const PAIR_TTL = 10 * 60_000
/** Clocks of devices that have not seen the internet for long; the code's maker forgets it in time anyway. */
export const PAIR_SKEW = 15 * 60_000
/** Waiting for a browser to name its addresses: in a network they are there at once, a STUN server may not answer. */
export const PAIR_GATHER = 3000
/** From reading the second code to a connection: DTLS on a slow phone, and names of multicast DNS that are asked for twice. */
export const PAIR_OPEN = 20_000
/** Addresses in a pairing code: both families of two networks, and what a STUN server saw. */
export const MAX_CANDIDATES = 6
/** A pairing code as text: 450 characters with all that may be in it, and whatever white space pasting adds. */
export const MAX_PAIR_CODE = 1 * KiB

/** Walker bounds: HAMT depth included; a file of 25 GiB has 100 000 leaves. */
export const WALK_DEPTH = 64
export const WALK_BLOCKS = 100_000
export const WALK_LINKS = 10_000
/** A walk over 100 000 blocks on a slow phone takes half of it. */
export const WALK_TIME = 30_000

/** Waiting for the other side to open a stream. */
export const OPEN_TIMEOUT = 10_000
/** No frame for this long on a running call means the other side is gone. */
export const IDLE_TIMEOUT = 20_000
/** Fetching one block from anywhere. */
export const BLOCK_TIMEOUT = 20_000
/** Bulk work waits this long for a direct path before it uses the relay. */
export const DIRECT_WAIT = 5_000
/** Streams one peer may have open with one service; four downloads at once and room for control. */
export const STREAMS_PER_PEER = 16
/**
 * Bytes of an HTTP answer that wait for a caller who does not read yet: browsers read no answer before their upload is out,
 * so the confirmations of a large one must fit.
 */
export const HTTP_AHEAD = 64 * KiB
/** HTTP requests a cafe answers at once: as many as four programs of a dozen clients need, and no more memory than that. */
export const HTTP_REQUESTS = 64

/** Requests that one cafe answers through the door at once: a page with all its pictures, for a few people. */
export const DOOR_REQUESTS = 128
/** The head of such a request or answer: what HTTP servers take as all headers together, twice over for the frame. */
export const MAX_DOOR_HEAD = 32 * KiB
/** Headers of one head; browsers send about twenty. */
export const MAX_DOOR_HEADERS = 64
/** Characters of one header's value: tokens, entity tags and ranges are far shorter. */
export const MAX_DOOR_HEADER = 8 * KiB
/** Path and query of a request through the door: what the gateway reads of an address. */
export const MAX_DOOR_PATH = 16 * KiB
/** Bytes of a body in one frame: small beside the window, large beside what a frame costs. */
export const DOOR_CHUNK = 64 * KiB
/**
 * Bytes of a body on their way that whoever reads it has not taken yet. It is what a slow reader costs the relay's memory,
 * for each request; and at 50 ms from end to end it lets 10 MiB a second through.
 */
export const DOOR_WINDOW = 512 * KiB
/** Bytes of all answers through one door, a second in the long run and at once: the uplink of a fast line at home. */
export const DOOR_RATE = 32 * MiB
export const DOOR_BURST = 1024 * MiB
/** Bytes of all answers through one door in a day unless its host says otherwise: a link that everybody passes on ends there. */
export const DOOR_DAY = 50_000_000_000
/** Nothing moves in either direction for so long: a program that stopped reading, or a cafe that will not answer. */
export const DOOR_IDLE = 120_000
/** Legacy whole-file ciphertext must be held in memory to be verified. */
export const MAX_LEGACY = 64 * MiB

/** Heads one thread block links to: the rest is linked by the next. */
export const MAX_PARENTS = 32
/** Bytes of a thread block: a sealed body of the largest bucket, its links and some CBOR. */
export const MAX_THREAD_BLOCK = 256 * KiB + 4 * KiB
/** People a thread may name: a new key for all of them fits in one block of the largest bucket. */
export const MAX_MEMBERS = 128
/** Characters of a message: a long letter; what is longer is a file. */
export const MAX_TEXT = 16 * KiB
/** Files of one block: a camera's day; their names and keys fill a fifth of the largest bucket. */
export const MAX_FILES = 64
/** Cafes that a member names in a thread: where its posts are looked for, so all of them are asked. */
export const MAX_CAFES = 8
/** How often somebody may come to a thread and go again by itself; after a removal it is counted anew. */
export const MAX_COMINGS = 32
/** People a thread may have known when somebody new joins: each block that changes who is in stores them all. */
export const MAX_KNOWN = 512
/** Blocks and bytes of one thread that wait for others; the oldest give way. Blocks come parents first, so few wait. */
export const MAX_WAITING = 1024
export const MAX_WAITING_BYTES = 32 * MiB
/** Comments and reactions on one block that are read at once. */
export const MAX_ABOUT = 1000
/** Alarms of a thread that are listed, and devices of a member. */
export const MAX_THREAD_ALARMS = 1000
export const MAX_MEMBER_DEVICES = 64
/** An invite works this long unless its writer says otherwise. */
export const INVITE_TTL = 30 * 86_400_000
/** An invite as bytes: the longest charter, the keys of some hundred epochs and a certified grant. As a link a third more. */
export const MAX_THREAD_INVITE = 32 * KiB

/**
 * What an account's manifest names at most. 1400 threads of 82 bytes, 1000 that were left of 47, all contacts and the rest
 * below fill the largest bucket (256 KiB) without overflowing it. Manifests of before there were contacts may name 2048.
 */
export const MAX_RECORD_THREADS = 1400
export const MAX_MANIFEST_THREADS = 2048
/** The threads left last: by the time a thousand more were left, every cafe has been told of the first. */
export const MAX_RECORD_GONE = 1000
/** Cafes of an account: far more than anybody keeps an eye on. */
export const MAX_RECORD_CAFES = 16
/** Characters of all addresses of one cafe: eight of the usual length. */
export const MAX_RECORD_ADDRESSES = 1 * KiB
/** Devices of an account, revoked ones among them until their certificates have ended. */
export const MAX_RECORD_DEVICES = 32
/** People in an address book: more than anybody knows by name; and a search can leave all of them out. */
export const MAX_RECORD_CONTACTS = 500
/** Bytes of all of them in a manifest: names of thirty bytes on the average. */
export const MAX_RECORD_CONTACT_BYTES = 48 * KiB
/** Packs a snapshot may name: a thread of 100 000 blocks has some dozens. */
export const MAX_PACKS = 1024

/** A record of a name (IPNS): the most that its specification lets it have. */
export const MAX_NAME_RECORD = 10 * KiB

/** Blocks of a watched link that are told one by one: as many rows as anybody reads; the others are counted. */
export const WATCHED_BLOCKS = 64
/** Requests of a watched link that are told one by one: a player asks for hundreds of parts. */
export const WATCHED_REQUESTS = 8
/** Headers of an answer that are told: ours have sixteen at most. */
export const WATCHED_HEADERS = 32
/** A file that is encrypted only to try its link: one of a phone's pictures, encrypted in a moment; a list of blocks holds it. */
export const TRIAL_SIZE = 16_000_000
/** Milliseconds after which a trial that nobody removed goes by itself. */
export const TRIAL_AGE = 86_400_000
