/** Recovery in plain words: what cafes showed, how threads came back, what a drill and a move came to. Pure. */
import type {
  DrillProblem,
  DrillResult,
  MoveInfo,
  RecoverCafe,
  RecoverProgress,
  RecoverResult,
  RecoverThread,
} from '../worker/recover-api.ts'
import { plainName, short } from './format.ts'
import { recover as english } from './texts/en/recover.ts'
import { spoken } from './texts/say.ts'

const text = spoken('recover', english)

/** How something stands, for its colour, and the words. */
export interface Verdict {
  readonly level: 'good' | 'part' | 'bad'
  readonly text: string
}

export function cafeName({ cafe, name }: Pick<RecoverCafe, 'cafe' | 'name'>): string {
  return name === '' ? short(cafe) : plainName(name)
}

const OUTCOMES: Readonly<Record<RecoverCafe['outcome'], Verdict['level']>> = {
  ...{ kept: 'good', damaged: 'bad' },
  ...{ none: 'part', newer: 'part', unknown: 'part', unreachable: 'part' },
}

/** What one cafe showed; what is behind is named for what it is. */
export function cafeVerdict({ outcome, behind }: RecoverCafe): Verdict {
  if (behind === 'told') return { level: 'bad', text: text.behindTold }
  if (behind === 'late') return { level: 'part', text: text.behindLate }
  return { level: OUTCOMES[outcome], text: text.outcomes[outcome] }
}

export function threadVerdict({ state, blocks, of }: RecoverThread): Verdict {
  switch (state) {
    case 'running':
      return { level: 'part', text: of === 0 ? text.coming : text.partHere(percent(blocks, of)) }
    case 'done':
      return { level: 'good', text: text.allHere }
    case 'older':
      return { level: 'part', text: text.older }
    case 'damaged':
      return { level: 'bad', text: text.partsDamaged(of - blocks) }
    case 'missing':
      return { level: 'bad', text: text.missing }
    case 'waiting':
      return { level: 'part', text: text.notAsked }
  }
}

/** Whether a thread can be opened. */
export function usable({ state, blocks }: RecoverThread): boolean {
  return state !== 'missing' && blocks > 0
}

/** Whole percents, and a hundred only for all of it. */
export function percent(done: number, of: number): number {
  return of <= 0 ? 0 : done >= of ? 100 : Math.min(99, Math.floor((100 * done) / of))
}

/** One sentence on how far a recovery is. */
export function recoverLine(progress: RecoverProgress | undefined): string {
  if (progress === undefined || progress.step === 'cafes') return text.askingCafes
  const done = progress.threads.filter(({ state }) => state !== 'running').length
  return progress.of === 0 ? text.opening : text.threadsBack(done, progress.of)
}

/** What a recovery came to. */
export function recoverVerdict({ threads, finished, fresh }: RecoverResult): Verdict {
  const all = threads.length
  const whole = threads.filter(({ state }) => state === 'done').length
  const bad = threads.filter(({ state }) => state === 'damaged' || state === 'missing').length
  if (!finished) return { level: 'part', text: text.unfinished }
  if (all === 0) return { level: 'good', text: text.noThreads }
  if (bad > 0) return { level: 'bad', text: text.someBad(whole, bad) }
  if (whole < all) return { level: 'part', text: text.someOld(all, all - whole) }
  return { level: 'good', text: fresh === 'confirmed' ? text.confirmed(all) : text.oneAnswered(all) }
}

/** What a drill found wrong, in words. */
function problemText({ what, name }: DrillProblem): string {
  return text.wrong[what](name === '' ? '' : plainName(name))
}

/** What a drill came to. */
export function drillVerdict({ good, threads, files, problems }: DrillResult): Verdict {
  if (good) return { level: 'good', text: text.drillGood(threads, files) }
  const found = [...new Set(problems.map(problemText))]
  const shown = found.length > 4 ? found.slice(0, 3) : found
  return { level: 'bad', text: text.drillBad(shown, found.length - shown.length) }
}

export function moveLine({ step, left }: Pick<MoveInfo, 'step' | 'left'>): string {
  return step === 'copy' && left > 0 ? text.copyLeft(left) : text.steps[step]
}

/** How much of a move is done, 0 to 100; most of the time goes into the copying. `most`: what was left when it began. */
export function movePercent({ step, left }: Pick<MoveInfo, 'step' | 'left'>, most: number): number {
  if (step === 'copy') return 5 + Math.round(0.8 * percent(most - left, most))
  return { register: 0, publish: 88, leave: 94 }[step]
}
