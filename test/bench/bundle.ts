/** Sizes of the built app as figures: bytes after gzip, against the budget that the build enforces. */
import { fileURLToPath } from 'node:url'
import { BUDGETS, bundleSizes } from '../../.scripts/sizes.mjs'
import type { Figure } from './figure.ts'

const APP = fileURLToPath(new URL('../../dist/app', import.meta.url))

/** The figure `name` for one of the sizes. */
export function bundleFigure(name: string, part: keyof typeof BUDGETS): Figure {
  return { name, unit: 'B', run: async () => ({ value: bundleSizes(APP)[part], limit: BUDGETS[part], runs: 1 }) }
}
