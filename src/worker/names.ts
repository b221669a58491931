/** The node's names (`net/names.ts`), whose code and records are loaded with the first call: most nodes know none. */
import type { Clock } from '../core/clock.ts'
import { onceOnly } from '../core/once.ts'
import type { Names } from '../net/names.ts'
import type { Rows } from '../store/rows.ts'

export function namesLater(components: { readonly rows: Rows; readonly clock: Clock }): Names {
  const once = onceOnly(async () => (await import('../net/names.ts')).createNames(components))
  return {
    add: async (name, record) => (await once()).add(name, record),
    publish: async (key, path) => (await once()).publish(key, path),
    get: async (name) => (await once()).get(name),
    list: async () => (await once()).list(),
    remove: async (name) => (await once()).remove(name),
    resolve: async (name) => (await once()).resolve(name),
  }
}
