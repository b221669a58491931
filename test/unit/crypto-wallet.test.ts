/** The same words give the same addresses as in Textile. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import { openAccount } from '../../src/crypto/account.ts'
import { encodeSeed } from '../../src/crypto/strkey.ts'
import type { WordCount } from '../../src/crypto/wallet.ts'
import { accountSeed, createWords, seedAt } from '../../src/crypto/wallet.ts'
import { counting, failure } from './crypto-help.ts'

const WORDS = `${'abandon '.repeat(11)}about`
const NO_WORDS = { code: 'BAD_REQUEST', data: { what: 'words' } }

// go-textile, wallet/derivation_test.go: accounts 0 to 9 below the master seed 00 01 … 0f.
const ACCOUNTS = [
  ['SX2XbMf8FHtYq6xZ4vUuZhmKTezrn67XKYRn1Fc7ZLcN2VXE', 'P7bFoVXV3dALSLwYAnyzzVvHkfTDwbpaLwA9PL9659hBqWAX'],
  ['SWBR6LyJUDz2Kjx6vdsQci8N8CMiUCm1NB6HRkxfQ6qSMef3', 'P9UXU6xtgnEYJ51J2x5q1R1JEBMoYr6BuFy9vM8wkmvLV3JL'],
  ['SUs72keJyyqYgSuYAZWM5RVDwSNmFEDFPq9X2yHNc88LTsPF', 'P8wnHf2UCbMRPzNSTY28UyC8WjJEtPC67WuDUcsntCM8ubCx'],
  ['SWW631fBve4zRvCd2Uv1UQk1EYF9muFAAT4xmyApiWzXNCqL', 'P5kA2UdGNf6GJ7LJBiM3VKUyD59kF9t46j742Go6SykxTnQg'],
  ['SXC1gk5X7WNyNhm6yeft1n6P5gWarBibkJFm8RR9uzYsR6iT', 'P89CyiEf234U16yrjpwEVzW36PrEaeTjkyJnoqSujdPCoLDA'],
  ['SVTepyrL9oad1wBFEGWsPHtFbN3JB6NSs2rfbbcaoYH1vCqS', 'P65pF4U9LNSJ1pL8AyV4JmFbmYQsdJ2CoDKNKeefxQnGnKW6'],
  ['SW9JWH8MzRhS8hqvimc3ES5QdHQUThSav8NprZ9i19S9tXLt', 'P6nmNBVUPRjLCtWqUVwbbnaGX2yFSPZ6sdPWyvJgXunomwk9'],
  ['SX3wzcqcZmYF8fvXakvCiUYsGA6g8ZnkpJrD6jsxTaKh9m3M', 'P43y96cDLLmbjip4dpBkhkLRSz7SxC3GBBz1eEbAA2m1ydu9'],
  ['SSxrsRHUbw8f1WrMzUk44os1Bv9DLFHQGsk9pEeosJt6u1kc', 'P4WYDTUi4oosjxwYEfLnwDF52J7XCzw6fLD4Dx2WxE67px3V'],
  ['SXm1Ttvq7tHgfaNAC2waYQ8H9KASqbnwzeNbuC2zctv4DsM8', 'P6nFLE44WaCa4QPEb5ygMkdWQxLHuf1rkSo7LFHTY1Nq4uQA'],
] as const

describe('wallet', () => {
  it.each(ACCOUNTS.map((row, index) => [index, ...row] as const))(
    'derives account %i of the original test wallet',
    async (index, seedText, address) => {
      const seed = seedAt(new Secret(counting(16)), index)
      expect(encodeSeed(seed)).toBe(seedText)
      expect((await openAccount(seed)).address).toBe(address)
    },
  )

  it('derives the address of the well-known test mnemonic', async () => {
    const account = await openAccount(accountSeed(WORDS))
    expect(account.address).toBe('P5pPc1QDbfF1LD14e8CA4JA5twHa7j2V33pGFsFaWa9H9jQJ')
    const x25519 = ed25519.utils.toMontgomery(account.publicKey)
    expect(hex(x25519)).toBe('41e5822915d86fec12a8641cf648597c71577f0f143dbcd716c652ef3503897b')
  })

  it('does not mind case and white space of the words', () => {
    const shouted = `\n ${WORDS.toUpperCase().replaceAll(' ', ' \t\u3000')}  `
    expect(hex(accountSeed(shouted).reveal())).toBe(hex(accountSeed(WORDS).reveal()))
  })

  it('gives different accounts for another index and another passphrase', () => {
    const seeds = [accountSeed(WORDS), accountSeed(WORDS, '', 1), accountSeed(WORDS, 'x'), accountSeed(WORDS, 'X')]
    expect(new Set(seeds.map((seed) => hex(seed.reveal()))).size).toBe(4)
  })

  it('takes composed and decomposed spellings of a passphrase for the same', () => {
    expect(hex(accountSeed(WORDS, 'caf\u00e9').reveal())).toBe(hex(accountSeed(WORDS, 'cafe\u0301').reveal()))
  })

  it.each([12, 15, 18, 21, 24] as const)('creates %i words from exactly the randomness given', (count: WordCount) => {
    const entropy = counting((count * 4) / 3)
    const words = createWords(count, () => entropy)
    expect(words.split(' ')).toHaveLength(count)
    expect(hex(mnemonicToEntropy(words, wordlist))).toBe(hex(entropy))
    expect(accountSeed(words).reveal().byteLength).toBe(32)
  })

  it('creates 12 words by default, never the same twice', () => {
    expect(createWords().split(' ')).toHaveLength(12)
    expect(createWords()).not.toBe(createWords())
  })

  it.each([
    ['nothing', ''],
    ['eleven words', 'abandon '.repeat(11)],
    ['thirteen words', `${WORDS} about`],
    ['a wrong checksum', 'abandon '.repeat(12)],
    ['an unknown word', `${'abandon '.repeat(11)}cafe`],
    ['two words swapped', `about ${'abandon '.repeat(11)}`],
    ['a book', 'abandon '.repeat(100_000)],
  ])('refuses %s', async (_, words) => {
    expect(await failure(() => accountSeed(words))).toEqual(NO_WORDS)
  })

  it.each([-1, 0.5, 2 ** 31, Number.NaN])('refuses index %d', async (index) => {
    expect(await failure(() => accountSeed(WORDS, '', index))).toEqual({ code: 'BAD_REQUEST', data: { what: 'index' } })
  })

  it('refuses other word counts', async () => {
    expect(await failure(() => createWords(13 as WordCount))).toEqual({ code: 'BAD_REQUEST', data: { what: 'count' } })
  })
})
