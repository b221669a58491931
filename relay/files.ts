/** All files below a folder, or what the single executable carries instead of one. */
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { BUILT_IN, builtInFile, builtInFiles } from './pack/assets.ts'

/**
 * Their bytes by name, such as `assets/index-1.js`; empty if there is no such folder.
 * @param folder a path, or {@link BUILT_IN}.
 */
export async function readFiles(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  if (folder === BUILT_IN) return new Map(builtInFiles().map((name) => [name, builtInFile(name)]))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const nameOf = (file: string): string => file.slice(join(folder, sep).length).split(sep).join('/')
  return new Map(await Promise.all(files.map(async (file) => [nameOf(file), await readFile(file)] as const)))
}
