/** On what terms a cafe lets others in: whom, to which services, and what a token for programs may do. */
import { count, name, text, v } from '../../core/schema.ts'

/** Whom a cafe admits: anybody; who brings a token; or whom its host says yes to. A token admits in every mode. */
export const mode = v.picklist(['open', 'invite', 'ask'])
export type Mode = v.InferOutput<typeof mode>

/** Names of services, such as `pin`. */
export const services = v.pipe(v.array(v.pipe(text(32), v.nonEmpty())), v.maxLength(16))

/** What a bearer may be for: names of services that are worth calling from outside. */
export const SCOPES = ['pin', 'snapshot', 'contact', 'inbox'] as const

export const scopes = v.pipe(
  v.array(v.picklist(SCOPES)),
  v.minLength(1),
  v.maxLength(SCOPES.length),
  v.check((all) => new Set(all).size === all.length),
  v.readonly(),
)

/** What somebody wants a bearer to be. */
export const bearerWish = v.strictObject({ label: name, scopes, expires: v.optional(count()) })
