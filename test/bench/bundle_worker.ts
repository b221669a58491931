/** The shared worker with all it loads to host a cafe: the node. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_worker', 'worker')
