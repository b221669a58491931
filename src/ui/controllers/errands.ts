/** The errands of an account: each goes on while the person looks at something else. */
import type { ReactiveControllerHost } from 'lit'
import type { CafeConsole } from '../../worker/console-api.ts'
import type { DrillProgress, DrillResult, MoveInfo, RecoverProgress, RecoverResult } from '../../worker/recover-api.ts'
import { Errand, type ErrandState } from './errand.ts'

export interface RecoverWish {
  readonly cafes: readonly string[]
  readonly salvage: boolean
}

/** Where to; `resume` for the move that was cut off. */
export type MoveWish =
  | { readonly from: string; readonly to?: string; readonly invite?: string; readonly force?: boolean }
  | 'resume'

export class Errands {
  readonly recover: Errand<RecoverWish, RecoverProgress, RecoverResult>
  readonly drill: Errand<undefined, DrillProgress, DrillResult>
  readonly move: Errand<MoveWish, MoveInfo, boolean>

  constructor(host: ReactiveControllerHost, source: () => CafeConsole | undefined) {
    this.recover = new Errand(host, source, 'recover', (cafe, wish: RecoverWish, options) =>
      cafe.recover.start({ ...wish, ...options }),
    )
    this.drill = new Errand(host, source, 'drill', (cafe, _: undefined, options) => cafe.recover.drill(options))
    this.move = new Errand(host, source, 'move', async (cafe, wish: MoveWish, options) => {
      await (wish === 'resume' ? cafe.recover.resume(options) : cafe.recover.move(wish, options))
      return true
    })
  }

  /** How all of them stand: a new object at each call, for the views that show them. */
  get states(): ErrandStates {
    return { recover: this.recover.state, drill: this.drill.state, move: this.move.state }
  }
}

export interface ErrandStates {
  readonly recover: ErrandState<RecoverProgress, RecoverResult>
  readonly drill: ErrandState<DrillProgress, DrillResult>
  readonly move: ErrandState<MoveInfo, boolean>
}
