/** The page with what it loads before it shows anything. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_first_paint', 'firstPaint')
