/** The shared worker with all it can load: the node. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_worker', 'worker')
