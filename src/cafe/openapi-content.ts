/** Content and the document itself as paths of an OpenAPI document: what `gateway/door.ts` answers. */
import type { Json } from './openapi-schema.ts'

const text: Json = { type: 'string' }
const bytes: Json = { description: 'The content, in the form asked for.', content: { '*/*': {} } }
const page: Json = { description: 'A page, JSON or a line that says what is wrong.', content: { '*/*': {} } }

const FORMATS = ['raw', 'car', 'tar', 'dag-json', 'dag-cbor', 'json', 'cbor', 'ipns-record']

const path = (name: string): Json => ({ name, in: 'path', required: true, schema: text })
const query = (name: string, schema: Json): Json => ({ name, in: 'query', schema })
const header = (name: string): Json => ({ name, in: 'header', schema: text })

const ASKED: readonly Json[] = [
  query('format', { type: 'string', enum: FORMATS }),
  query('filename', { type: 'string', maxLength: 255 }),
  query('download', { type: 'boolean' }),
  query('key', {
    type: 'string',
    description: 'Refused with 403 unless the cafe’s host has switched on trusted decryption: all who carry it see it.',
  }),
  header('Range'),
  header('If-Range'),
  header('If-None-Match'),
]

const RESPONSES: Json = {
  200: bytes,
  206: bytes,
  301: { description: 'A folder, with the slash that its links need.' },
  304: { description: 'The caller has it.' },
  403: page,
  404: page,
  416: { description: 'The content does not have these bytes.' },
  default: page,
}

export function contentPaths(): Json {
  const read = (summary: string, id: string): Json => {
    const common = { tags: ['content'], summary, parameters: ASKED, responses: RESPONSES, security: [] }
    return { get: { ...common, operationId: id }, head: { ...common, operationId: `${id}.head` } }
  }
  return {
    '/ipfs/{cid}': { parameters: [path('cid')], ...read('Content that the cafe keeps.', 'content.get') },
    '/ipfs/{cid}/{path}': {
      parameters: [path('cid'), path('path')],
      ...read('What is below a folder; `path` may have slashes.', 'content.below'),
    },
    '/ipns/{name}': { parameters: [path('name')], ...read('What a name stands for that the cafe knows.', 'names.get') },
    '/openapi.json': {
      get: {
        ...{ tags: ['content'], summary: 'This document.', operationId: 'openapi.get', security: [] },
        responses: { 200: { description: 'The document.', content: { 'application/json': {} } } },
      },
    },
  }
}
