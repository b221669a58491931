/** The description of a cafe: a valid OpenAPI 3.1 document in which each operation for bearers has its place. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { describeCafe } from '../../src/cafe/openapi.ts'
import { jsonSchemaOf } from '../../src/cafe/openapi-schema.ts'
import { pinProtocol } from '../../src/cafe/pin/protocol.ts'
import { snapshotProtocol } from '../../src/cafe/snapshot/protocol.ts'
import { encodeJson } from '../../src/core/json.ts'
import { bytes, cid, count, v } from '../../src/core/schema.ts'

type Paths = Record<string, Record<string, unknown>>

describe('the description of a cafe', () => {
  const document = describeCafe()

  it('is a valid OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
  })

  it('has every operation for bearers, and none that rests on a peer', () => {
    const paths = Object.keys(document['paths'] as Paths)
    for (const { name, operations } of [pinProtocol, snapshotProtocol]) {
      for (const [op, { auth }] of Object.entries(operations))
        expect(paths.includes(`/${name}/${op}`), `${name}/${op}`).toBe(auth === 'session')
    }
    expect(paths.filter((path) => path.startsWith('/session'))).toEqual([])
    expect(paths).toEqual(expect.arrayContaining(['/pins', '/pins/{requestid}', '/ipfs/{cid}', '/openapi.json']))
  })
})

describe('a schema of the wire', () => {
  it('says of bytes and links how dag-json writes them', () => {
    const schema = jsonSchemaOf(v.strictObject({ cid, body: bytes(9), seq: count(), more: v.optional(v.string()) }))
    const root = CID.parse('bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am')
    const written = JSON.parse(new TextDecoder().decode(encodeJson({ cid: root, body: Uint8Array.of(1), seq: 1 })))
    expect(written).toMatchObject({ cid: { '/': `${root}` }, body: { '/': { bytes: 'AQ' } } })
    expect(schema).toMatchObject({
      type: 'object',
      properties: {
        cid: { properties: { '/': { type: 'string' } } },
        body: { properties: { '/': { properties: { bytes: { type: 'string' } } } } },
        seq: { type: 'integer', minimum: 0 },
      },
      required: ['cid', 'body', 'seq'],
      additionalProperties: false,
    })
  })
})
