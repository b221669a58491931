/**
 * A picture made from an address: the same everywhere, and different for addresses that differ in one letter. It helps to
 * recognise somebody at a glance; it proves nothing, since who tries long enough finds an address with a picture like it.
 * Pure: a description of tiles, drawn by `elements/person.ts`.
 */

/** How a tile is filled, seen from its upper left corner before it is turned. */
export type Shape = 'quarter' | 'leaf' | 'half' | 'dot' | 'wedge'

export interface Tile {
  /** In tiles from the upper left: 0 to {@link SIDE} - 1. */
  readonly x: number
  readonly y: number
  readonly shape: Shape
  /** Quarters of a turn, clockwise. */
  readonly turn: 0 | 1 | 2 | 3
  /** Places in `colours`. */
  readonly ground: number
  readonly figure: number
}

export interface Art {
  /** Four CSS colours. */
  readonly colours: readonly string[]
  readonly tiles: readonly Tile[]
}

/** Tiles on a side; the right half mirrors the left, as faces do, which eyes remember. */
export const SIDE = 4

/** Outlines within a square of one by one. */
export const SHAPES: Readonly<Record<Shape, string>> = {
  quarter: 'M0 0H1A1 1 0 0 1 0 1Z',
  leaf: 'M0 0A1 1 0 0 1 1 1A1 1 0 0 1 0 0Z',
  half: 'M0 0H1V.5A.5 .5 0 0 1 0 .5Z',
  dot: 'M.5 .14A.36 .36 0 0 1 .5 .86A.36 .36 0 0 1 .5 .14Z',
  wedge: 'M0 0H1L0 1Z',
}

/** Degrees between the two hues of a picture. */
const APART = [40, 150, 180, 210, 320]
const NAMES = Object.keys(SHAPES) as Shape[]

/**
 * @example
 * ```ts
 * addressArt('P4WysQUVHg2GDMctx7Sf3DjLRAfRZqsZoCPr6aec7JgWpSRq').tiles.length // 16
 * ```
 */
export function addressArt(address: string): Art {
  const draw = dice(address)
  const hue = draw(360)
  // A neighbour, an opposite: two tones that go together whatever the first is.
  const other = (hue + (APART[draw(APART.length)] as number)) % 360
  const colours = [
    `oklch(93% 0.04 ${hue})`,
    `oklch(62% 0.14 ${hue})`,
    `oklch(76% 0.13 ${other})`,
    `oklch(40% 0.1 ${other})`,
  ]
  const left: Tile[] = []
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE / 2; x++) {
      const ground = draw(4)
      const figure = (ground + 1 + draw(3)) % 4
      left.push({ x, y, shape: NAMES[draw(NAMES.length)] as Shape, turn: draw(4) as Tile['turn'], ground, figure })
    }
  }
  return { colours, tiles: [...left, ...left.map(mirrored)] }
}

/** A tile seen in a mirror: shapes are symmetric about their falling diagonal, or upright. */
function mirrored(tile: Tile): Tile {
  const turn = tile.shape === 'half' || tile.shape === 'dot' ? (4 - tile.turn) % 4 : 5 - tile.turn
  return { ...tile, x: SIDE - 1 - tile.x, turn: (turn % 4) as Tile['turn'] }
}

/** Numbers below a limit that follow from a text: each letter changes all of them. */
function dice(text: string): (limit: number) => number {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  const stir = (value: number): void => {
    a = Math.imul(a ^ value, 0x85ebca6b)
    b = Math.imul(b ^ (a >>> 15) ^ value, 0xc2b2ae35)
    a ^= b >>> 13
    b ^= a >>> 16
  }
  for (const letter of text) stir(letter.codePointAt(0) as number)
  // The last letters change as much as the first.
  for (let i = 0; i < 8; i++) stir(i)
  return (limit) => {
    stir(limit)
    return ((a ^ b) >>> 0) % limit
  }
}
