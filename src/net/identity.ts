/**
 * The node's own key in libp2p's datastore, in the form in which its keychain keeps it: what {@link createNode} starts as.
 * A new key takes the place of the old one in one batch, so at every moment there is one whole key.
 */
import { loadOrCreateSelfKey } from '@libp2p/config'
import type { PrivateKey } from '@libp2p/interface'
import { keychain } from '@libp2p/keychain'
import { defaultLogger } from '@libp2p/logger'
import { MemoryDatastore } from 'datastore-core'
import { type Datastore, Key } from 'interface-datastore'

const SELF = 'self'

/**
 * @example
 * ```ts
 * await settle({ identity: datastoreIdentity(datastore), … })
 * const node = await createNode({ datastore, … })
 * ```
 */
export function datastoreIdentity(datastore: Datastore) {
  return {
    /** Undefined if no node has been started with it yet. */
    async read(): Promise<PrivateKey | undefined> {
      return (await datastore.has(new Key(`/pkcs8/${SELF}`))) ? loadOrCreateSelfKey(datastore) : undefined
    },
    async write(key: PrivateKey): Promise<void> {
      const written = new MemoryDatastore()
      await keychain()({ datastore: written, logger: defaultLogger() }).importKey(SELF, key)
      const batch = datastore.batch()
      for await (const { key, value } of written.query({})) batch.put(key, value)
      await batch.commit()
    },
  }
}
