/** Pictures of addresses: always the same for one, different for another, within their frame. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressArt, SHAPES, SIDE } from '../../src/ui/address-art.ts'

const ADDRESS = 'P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq'
const address = fc.string({
  unit: fc.constantFrom(...'123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'),
  minLength: 47,
  maxLength: 47,
})

describe('the picture of an address', () => {
  it('is the same every time, also with the next version: people have learned it by heart', () => {
    expect(addressArt(ADDRESS)).toEqual(addressArt(ADDRESS))
    const { colours, tiles } = addressArt(ADDRESS)
    const text = `${colours.join(' ')} ${tiles.map(({ shape, turn, ground, figure }) => `${shape[0]}${turn}${ground}${figure}`).join(' ')}`
    expect(text).toMatchInlineSnapshot(
      `"oklch(93% 0.04 247) oklch(62% 0.14 247) oklch(76% 0.13 37) oklch(40% 0.1 37) d001 q132 l123 q301 h102 q212 h212 q012 d001 q032 l023 q201 h302 q312 h212 q112"`,
    )
  })

  it('fills its frame, tile by tile, and the right half mirrors the left', () => {
    fc.assert(
      fc.property(address, (text) => {
        const { colours, tiles } = addressArt(`P${text}`)
        expect(colours).toHaveLength(4)
        expect(new Set(tiles.map(({ x, y }) => `${x} ${y}`)).size).toBe(SIDE * SIDE)
        for (const { x, y, shape, ground, figure, turn } of tiles) {
          expect(SHAPES[shape]).toBeDefined()
          expect(ground).not.toBe(figure)
          expect([0, 1, 2, 3]).toContain(turn)
          const other = tiles.find((tile) => tile.y === y && tile.x === SIDE - 1 - x)
          expect(other).toMatchObject({ shape, ground, figure })
        }
      }),
    )
  })

  it('is another with any letter changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 47 }), fc.constantFrom(...'abcxyz789'), (at, letter) => {
        fc.pre(ADDRESS[at] !== letter)
        const changed = ADDRESS.slice(0, at) + letter + ADDRESS.slice(at + 1)
        expect(addressArt(changed).tiles).not.toEqual(addressArt(ADDRESS).tiles)
      }),
    )
  })

  it('hardly ever comes twice', () => {
    const seen = new Set(Array.from({ length: 5000 }, (_, n) => JSON.stringify(addressArt(`${ADDRESS}${n}`))))
    expect(seen.size).toBe(5000)
  })
})
