/** The relay's own STUN server over real sockets, as a browser asks it, and as pages are told of it. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, expect, it } from 'vitest'
import { createRelay } from '../../relay/relay.ts'
import { startStun } from '../../relay/stun.ts'
import { silentLog } from '../../src/core/log.ts'
import { ask, configOf, createFolder } from './relay-fixture.ts'

const folder = createFolder()
afterAll(() => folder.remove())

it('answers where the pages are told, after packets that it does not', async () => {
  const iceServers = [{ urls: ['stun:s.example'] }]
  const relay = await createRelay(configOf(folder, { stunPort: 0, iceServers }), { log: silentLog })
  const told = JSON.parse((await ask(relay.url, '/config.json')).body)
  expect(told.iceServers).toEqual([...iceServers, { urls: [expect.stringMatching(/^stun:cafe\.localhost:\d+$/)] }])
  const port = Number(told.iceServers[1].urls[0].split(':')[2])
  await expect(startStun('localhost', port, silentLog)).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { port, flag: '--stun-port' },
  })
  const socket = createSocket('udp4')
  const request = Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex')
  for (const packet of [Buffer.alloc(2000), Buffer.from('?'), request]) socket.send(packet, port, '127.0.0.1')
  const [answer] = await once(socket, 'message')
  expect(answer.subarray(0, 2).toString('hex')).toBe('0101')
  expect(answer.readUInt16BE(26) ^ 0x2112).toBe(socket.address().port)
  socket.close()
  await relay.stop()
}, 30_000)
