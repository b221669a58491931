/** The IPFS Pinning Service API as paths of an OpenAPI document: what `pin/psa.ts` answers. */

import { type Json, jsonSchemaOf } from './openapi-schema.ts'
import { MAX_RESULTS, pinSchema, STATUSES } from './pin/psa-query.ts'

const JSON_TYPE = 'application/json'
const text: Json = { type: 'string' }
const time: Json = { type: 'string', format: 'date-time' }

/** The API's PinStatus. */
const pinStatus = (): Json => ({
  type: 'object',
  properties: {
    requestid: text,
    status: { type: 'string', enum: [...STATUSES] },
    created: time,
    pin: jsonSchemaOf(pinSchema),
    delegates: { type: 'array', items: text, minItems: 1, maxItems: 20 },
    info: { type: 'object', additionalProperties: text },
  },
  required: ['requestid', 'status', 'created', 'pin', 'delegates'],
})

const failure: Json = {
  description: 'It did not work.',
  content: {
    [JSON_TYPE]: {
      schema: {
        type: 'object',
        properties: {
          error: { type: 'object', properties: { reason: text, details: text }, required: ['reason'] },
        },
        required: ['error'],
      },
    },
  },
}

const query = (name: string, schema: Json): Json => ({ name, in: 'query', schema })

const FILTERS: readonly Json[] = [
  query('cid', { type: 'array', items: text, maxItems: 10 }),
  query('name', { type: 'string', maxLength: 255 }),
  query('match', { type: 'string', enum: ['exact', 'iexact', 'partial', 'ipartial'] }),
  query('status', { type: 'array', items: { type: 'string', enum: [...STATUSES] } }),
  query('before', time),
  query('after', time),
  query('limit', { type: 'integer', minimum: 1, maximum: MAX_RESULTS }),
  query('meta', { type: 'string', description: 'JSON: keys and values that the pin’s `meta` must have.' }),
]

export function pinningPaths(): Json {
  const one = pinStatus()
  const answer = (status: number, schema: Json): Json => ({
    [status]: { description: 'Done.', content: { [JSON_TYPE]: { schema } } },
    default: failure,
  })
  const common = { tags: ['pins'], security: [{ bearer: [] }] }
  const pin = { required: true, content: { [JSON_TYPE]: { schema: jsonSchemaOf(pinSchema) } } }
  const results: Json = {
    type: 'object',
    properties: { count: { type: 'integer' }, results: { type: 'array', items: one } },
    required: ['count', 'results'],
  }
  const id: Json = { name: 'requestid', in: 'path', required: true, schema: text }
  return {
    '/pins': {
      get: { ...common, operationId: 'pins.list', parameters: FILTERS, responses: answer(200, results) },
      post: { ...common, operationId: 'pins.add', requestBody: pin, responses: answer(202, one) },
    },
    '/pins/{requestid}': {
      parameters: [id],
      get: { ...common, operationId: 'pins.get', responses: answer(200, one) },
      post: { ...common, operationId: 'pins.replace', requestBody: pin, responses: answer(202, one) },
      delete: {
        ...common,
        operationId: 'pins.remove',
        responses: { 202: { description: 'Removed.' }, default: failure },
      },
    },
  }
}
