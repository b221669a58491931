/**
 * What the single executable carries within itself: the built app and native addons, read from its own image, so that no
 * other file has to be there. Anywhere else there is nothing.
 */
import { getAsset, getAssetKeys, isSea } from 'node:sea'

/** Where the app's files begin among the assets. */
const APP = 'app/'

/** A setting for the folder of the app that stands for the one in the executable: no file system has such a name. */
export const BUILT_IN = 'built-in:'

/** True in an executable that has the app within. */
export const builtIn = (): boolean => isSea()

/** Names of the app's files, such as `index.html` or `assets/index-1.js`. */
export function builtInFiles(): string[] {
  return getAssetKeys().flatMap((key) => (key.startsWith(APP) ? [key.slice(APP.length)] : []))
}

/** Its bytes. */
export const builtInFile = (name: string): Buffer => Buffer.from(getAsset(`${APP}${name}`))

/** The native addon of this name, if the executable has it. */
export function builtInAddon(name: string): Buffer | undefined {
  const key = `addons/${name}.node`
  return isSea() && getAssetKeys().includes(key) ? Buffer.from(getAsset(key)) : undefined
}
