/** What an account's devices agree on about each of them: the entry `device/<peer>` of the account's record. */
import { count, name, v } from '../core/schema.ts'
import { certificateSchema } from '../crypto/certificate.ts'

export const deviceRow = v.strictObject({
  name,
  since: count(),
  cert: certificateSchema,
  /** When it was put out; then it stays in the list, so that it does not come back. */
  revoked: v.nullable(count()),
})
export type DeviceRow = v.InferOutput<typeof deviceRow>
