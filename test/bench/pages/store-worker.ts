/** The lab of `store-lab.ts` in a SharedWorker: answers one call after the other. */
import { createLab, type Lab } from './store-lab.ts'

const lab = createLab()
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void }

scope.onconnect = ({ ports: [port] }) => {
  if (!port) return
  port.onmessage = async ({ data: { id, name, args } }) => {
    try {
      const command = (await lab)[name as keyof Lab] as (...rest: never[]) => Promise<number>
      port.postMessage({ id, value: await command(...(args as never[])) })
    } catch (error) {
      port.postMessage({ id, error: String(error) })
    }
  }
}
