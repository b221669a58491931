/**
 * From words to account seeds, as Textile's wallet did it: BIP39 (English) → SLIP-0010 `m/44'/406'/i'`. The same words
 * give the same addresses as they gave in Textile (security.md §2.c).
 */
import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { HDKey } from 'micro-key-producer/slip10.js'
import type { Random } from '../core/clock.ts'
import { systemRandom } from '../core/clock.ts'
import { CafeError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'

/** How many words a wallet may have; 12 carry 128 bits, 24 carry 256. */
export type WordCount = 12 | 15 | 18 | 21 | 24

const COUNTS: readonly number[] = [12, 15, 18, 21, 24]
/** 24 words of at most 8 letters need 215 characters; the rest is room for generous white space. */
const MAX_WORDS_TEXT = 1024
/** SLIP-0010 keeps the upper half of the 32-bit index for hardened keys, which is where ours all are. */
const MAX_INDEX = 0x7fff_ffff

/**
 * A new mnemonic of `count` words in lower case, separated by one space.
 * @throws CafeError BAD_REQUEST `{what: 'count'}` for another count.
 */
export function createWords(count: WordCount = 12, random: Random = systemRandom): string {
  if (!COUNTS.includes(count)) throw new CafeError('BAD_REQUEST', { what: 'count' })
  return entropyToMnemonic(random((count / 3) * 4), wordlist)
}

/**
 * The 32-byte Ed25519 seed of account `index`. Case and white space of the words do not matter; every character of the
 * passphrase does. Takes some ten milliseconds (PBKDF2, 2048 rounds).
 * @throws CafeError BAD_REQUEST `{what: 'words'}` for unknown words, a wrong count or a wrong checksum;
 * `{what: 'index'}` for an index that is no whole number from 0 to 2^31 - 1.
 *
 * @example
 * ```ts
 * const account = await openAccount(accountSeed('abandon abandon … about'))
 * account.address // 'P5pPc1QDbfF1LD14e8CA4JA5twHa7j2V33pGFsFaWa9H9jQJ'
 * ```
 */
export function accountSeed(words: string, passphrase = '', index = 0): Secret<Uint8Array<ArrayBuffer>> {
  if (words.length > MAX_WORDS_TEXT) throw new CafeError('BAD_REQUEST', { what: 'words' })
  const mnemonic = words.normalize('NFKD').toLowerCase().trim().split(/\s+/u).join(' ')
  if (!validateMnemonic(mnemonic, wordlist)) throw new CafeError('BAD_REQUEST', { what: 'words' })
  return seedAt(new Secret(mnemonicToSeedSync(mnemonic, passphrase)), index)
}

/**
 * The 32-byte Ed25519 seed of account `index` below a master seed of 16 to 64 bytes (SLIP-0010, all steps hardened).
 * @throws CafeError BAD_REQUEST `{what: 'index'}` for an index that is no whole number from 0 to 2^31 - 1.
 */
export function seedAt(master: Secret<Uint8Array>, index: number): Secret<Uint8Array<ArrayBuffer>> {
  if (!Number.isInteger(index) || index < 0 || index > MAX_INDEX) throw new CafeError('BAD_REQUEST', { what: 'index' })
  return new Secret(new Uint8Array(HDKey.fromMasterSeed(master.reveal()).derive(`m/44'/406'/${index}'`).privateKey))
}
