/** Types of the build's plain scripts that figures use; what they promise is said there. */
declare module '*/.scripts/sizes.mjs' {
  interface Sizes {
    readonly sw: number
    readonly site: number
    readonly worker: number
    readonly cafe: number
    readonly account: number
    readonly words: number
    readonly pair: number
    readonly trial: number
    readonly door: number
    readonly carry: number
    readonly names: number
    readonly links: number
    readonly website: number
    readonly invite: number
    readonly classic: number
    readonly firstPaint: number
  }
  export const BUDGETS: Sizes
  export function bundleSizes(folder?: string): Sizes
}

declare module '*/.scripts/chromium.mjs' {
  export function ensureChromium(): string
}
