/** The schemas of the wire as JSON Schema (2020-12, as OpenAPI 3.1 has it): what a frame looks like in dag-json. */
import { toJsonSchema } from '@valibot/to-json-schema'
import { cid, type Schema } from '../core/schema.ts'

export type Json = Readonly<Record<string, unknown>>

/** Bytes and links as dag-json writes them (https://ipld.io/specs/codecs/dag-json/spec/#bytes). */
const BYTES: Json = {
  type: 'object',
  description: 'Bytes, in base64 without padding.',
  properties: {
    '/': {
      type: 'object',
      properties: { bytes: { type: 'string' } },
      required: ['bytes'],
      additionalProperties: false,
    },
  },
  required: ['/'],
  additionalProperties: false,
}
const LINK: Json = {
  type: 'object',
  description: 'A CID.',
  properties: { '/': { type: 'string' } },
  required: ['/'],
  additionalProperties: false,
}

/**
 * What `schema` takes. What JSON Schema cannot say (that a text is well formed to the last bit) is left out: the cafe still
 * looks at it.
 */
export function jsonSchemaOf(schema: Schema): Json {
  const { $schema: _, ...found } = toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore',
    overrideSchema({ valibotSchema }) {
      if ((valibotSchema as unknown) === cid) return LINK
      return valibotSchema.type === 'instance' ? BYTES : undefined
    },
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === 'safe_integer' ? { ...jsonSchema, type: 'integer' } : undefined,
  })
  return found
}
