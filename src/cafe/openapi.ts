/**
 * What a cafe answers over HTTP, as an OpenAPI 3.1 document made of the protocols themselves: every operation that a bearer
 * may use, the Pinning Service API, and content. Addresses are relative to the document, so that it holds behind a relay's
 * door as at a cafe of its own.
 */
import { ERRORS } from '../core/errors.ts'
import type { Operation, Service } from '../wire/protocol.ts'
import { contactProtocol } from './contact/protocol.ts'
import { inboxProtocol } from './inbox/protocol.ts'
import { linkProtocol } from './link/protocol.ts'
import { contentPaths } from './openapi-content.ts'
import { pinningPaths } from './openapi-pinning.ts'
import { type Json, jsonSchemaOf } from './openapi-schema.ts'
import { pinProtocol } from './pin/protocol.ts'
import { SCOPES } from './session/terms.ts'
import { snapshotProtocol } from './snapshot/protocol.ts'

/** Services with operations for bearers; a new one is one more line. */
const SERVICES: readonly Service[] = [pinProtocol, snapshotProtocol, contactProtocol, inboxProtocol, linkProtocol]

const LINES = 'application/vnd.ipld.dag-json'
const FRAMES = 'application/vnd.ipld.dag-cbor'

/** The document. */
export function describeCafe(): Json {
  const served = SERVICES.filter(({ name }) => (SCOPES as readonly string[]).includes(name))
  const paths = served.flatMap((service) =>
    Object.entries(service.operations)
      .filter(([, { auth }]) => auth === 'session')
      .map(([op, definition]) => [`/${service.name}/${op}`, { post: operationOf(service, op, definition) }]),
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'A Popup Cafe',
      version: '1.0.0',
      description:
        'What a cafe answers over HTTP, also one in a browser tab behind the door of a relay. Bodies are frames: in dag-json ' +
        'one on a line, in dag-cbor each after its length as a varint. A request is its input and, where there are uploads, ' +
        'any number of those; an answer is any number of items and then exactly one end. A body without an end was cut off.',
      license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0' },
    },
    servers: [{ url: '.' }],
    tags: [...served.map(({ name, id }) => ({ name, description: id })), { name: 'pins' }, { name: 'content' }],
    paths: { ...Object.fromEntries(paths), ...pinningPaths(), ...contentPaths() },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'Granted by a client of the cafe.' } },
      responses: { Failure: failure() },
    },
  }
}

/** The same for the door of a relay, whichever cafe is asked: everything below `/c/{cafe}`. */
export function describeDoor(): Json {
  const cafe = describeCafe()
  const name = {
    ...{ name: 'cafe', in: 'path', required: true, schema: { type: 'string' } },
    description: 'The peer id of a cafe that holds a seat at this relay and has opened its door.',
  }
  const paths = Object.entries(cafe['paths'] as Readonly<Record<string, Json>>).map(([path, item]) => {
    const own = (item['parameters'] ?? []) as readonly Json[]
    return [`/c/{cafe}${path}`, { ...item, parameters: [name, ...own] }]
  })
  const info = { ...(cafe['info'] as Json), title: 'The door of a relay to Popup Cafes' }
  return { ...cafe, info, paths: Object.fromEntries(paths) }
}

function operationOf({ name }: Service, op: string, definition: Operation): Json {
  const { request, upload, item, receipt } = definition
  const input = jsonSchemaOf(request)
  const sent = upload ? { oneOf: [input, { description: 'An upload.', ...jsonSchemaOf(upload) }] } : input
  const ends = [frame('ok', jsonSchemaOf(receipt)), failureSchema()]
  const said = item ? [frame('item', jsonSchemaOf(item)), ...ends] : ends
  return {
    operationId: `${name}.${op}`,
    tags: [name],
    summary: `${name} ${op}${upload ? ', with uploads' : ''}${item ? ', item by item' : ''}`,
    security: [{ bearer: [] }],
    requestBody: { required: true, description: 'Its frames, each:', content: inBoth(sent) },
    responses: {
      200: { description: 'Its frames, each:', content: inBoth({ oneOf: said }) },
      default: { $ref: '#/components/responses/Failure' },
    },
  }
}

const inBoth = (schema: Json): Json => ({ [LINES]: { schema }, [FRAMES]: {} })

const frame = (key: string, schema: Json): Json => ({
  type: 'object',
  properties: { [key]: schema },
  required: [key],
  additionalProperties: false,
})

const failureSchema = (): Json => ({
  type: 'object',
  properties: {
    err: { type: 'string', enum: Object.keys(ERRORS) },
    data: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
  },
  required: ['err', 'data'],
  additionalProperties: false,
})

const failure = (): Json => ({
  description: `It did not work: ${Object.entries(ERRORS)
    .map(([code, { status }]) => `${code} ${status}`)
    .join(', ')}.`,
  content: { [LINES]: { schema: failureSchema() }, [FRAMES]: {} },
})
