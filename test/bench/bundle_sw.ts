/** The service worker, which starts at every first request. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_sw', 'sw')
