/**
 * What an always-on cafe answers over HTTP: the same as a tab's through the door of a relay (`gateway/door.ts`), without the
 * door. Only what is here is served: nobody makes it fetch anything, and it never decrypts.
 */
import type { CafeFetch } from '../../src/cafe/face.ts'
import { describeCafe } from '../../src/cafe/openapi.ts'
import { toCafeError } from '../../src/core/errors.ts'
import { blocksHere } from '../../src/gateway/blocks-here.ts'
import { errorResponse } from '../../src/gateway/content.ts'
import { createDoorAnswer } from '../../src/gateway/door.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { answerForm } from '../../src/gateway/request.ts'
import type { Names } from '../../src/net/names.ts'
import type { Blocks } from '../../src/store/blocks.ts'

export interface AnswerComponents {
  readonly blocks: Blocks
  readonly names: Names
  readonly name: () => string
  /** The open cafe. @throws CafeError NOT_FOUND {what: 'open cafe'}. */
  readonly cafe: () => { readonly fetch: CafeFetch }
}

/** Answers every request; rejects never. */
export type Answer = (request: Request, context: { readonly signal: AbortSignal }) => Promise<Response>

export function createAnswer({ blocks, names, name, cafe }: AnswerComponents): Answer {
  const answer = createDoorAnswer({
    gateway: createGateway({ blocks: blocksHere(blocks), names: { resolve: (name) => names.resolve(name) } }),
    services: (request, context) => cafe().fetch(request, context),
    decrypts: () => false,
    describe: async () => JSON.stringify(describeCafe()),
    name,
  })
  return async (request, { signal }) => {
    try {
      return await answer(request, { signal, headers: request.headers })
    } catch (error) {
      // Between the closing of the cafe and the end of the program.
      return errorResponse(toCafeError(error), answerForm(request, false), request)
    }
  }
}
