/** What the worker loads once there is an account. */
import { bundleFigure } from './bundle.ts'

export const figure = bundleFigure('bundle_account', 'account')
