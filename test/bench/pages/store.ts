/** `globalThis.lab(name, …args)` calls the lab in the SharedWorker. */
const { port } = new SharedWorker(new URL('./store-worker.ts', import.meta.url), { type: 'module' })
const waiting = new Map<number, PromiseWithResolvers<number>>()
let next = 0

port.onmessage = ({ data: { id, value, error } }) => {
  const call = waiting.get(id)
  waiting.delete(id)
  if (error === undefined) call?.resolve(value)
  else call?.reject(new Error(error))
}

const lab = (name: string, ...args: readonly unknown[]): Promise<number> => {
  const call = Promise.withResolvers<number>()
  const id = next++
  waiting.set(id, call)
  port.postMessage({ id, name, args })
  return call.promise
}

Object.assign(globalThis, { lab })
