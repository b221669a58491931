/** The host as one classic script: what a browser without module workers loads in place of the shared worker. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_classic', 'classic')
