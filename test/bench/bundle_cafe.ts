/** What the worker loads to host a cafe. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_cafe', 'cafe')
