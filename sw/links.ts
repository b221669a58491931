/** Sealed links for the service worker: the node opens them, and remembers what it has opened. */
import { unlessAborted } from '../src/core/abort.ts'
import { isCafeError } from '../src/core/errors.ts'
import { Secret } from '../src/core/secret.ts'
import type { LinkSource } from '../src/gateway/sealed-links.ts'
import type { NodePort } from './node-port.ts'

export function createLinkSource({ nodePort }: { readonly nodePort: NodePort }): LinkSource {
  return {
    async open({ code, from }, { signal }) {
      for (let again = false; ; again = true) {
        const node = await nodePort.need({ signal })
        try {
          const { key, name } = await unlessAborted(
            node.call('link.open', { code: code.reveal(), from }, { signal }),
            signal,
          )
          return { key: new Secret(key), name }
        } catch (error) {
          // The node died meanwhile: a page may have started the next one. Cafes that are away are another matter.
          const died = isCafeError(error) && error.code === 'UNREACHABLE' && !nodePort.isCurrent(node)
          if (again || !died) throw error
        }
      }
    },
  }
}
