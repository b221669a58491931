/** Recovery in plain words: what cafes showed, how threads came back, what a drill and a move came to. Pure. */
import type {
  DrillProblem,
  DrillResult,
  MoveInfo,
  MoveStep,
  RecoverCafe,
  RecoverProgress,
  RecoverResult,
  RecoverThread,
} from '../worker/recover-api.ts'
import { count, plainName, short } from './format.ts'

/** How something stands, for its colour, and the words. */
export interface Verdict {
  readonly level: 'good' | 'part' | 'bad'
  readonly text: string
}

export function cafeName({ cafe, name }: Pick<RecoverCafe, 'cafe' | 'name'>): string {
  return name === '' ? short(cafe) : plainName(name)
}

/** What one cafe showed; what is behind is named for what it is. */
export function cafeVerdict({ outcome, behind }: RecoverCafe): Verdict {
  if (behind === 'told') {
    return {
      level: 'bad',
      text: 'shows an older state than it has signed for: it lost the newer one, or holds it back',
    }
  }
  if (behind === 'late') return { level: 'part', text: 'has an older state: it has not been given the newest yet' }
  switch (outcome) {
    case 'kept':
      return { level: 'good', text: 'has your backup' }
    case 'none':
      return { level: 'part', text: 'knows you, and keeps nothing of you' }
    case 'damaged':
      return { level: 'bad', text: 'what it keeps of you is damaged' }
    case 'newer':
      return { level: 'part', text: 'has a backup of a newer version of Popup Cafe: reload the page' }
    case 'unknown':
      return { level: 'part', text: 'does not know you' }
    case 'unreachable':
      return { level: 'part', text: 'did not answer' }
  }
}

export function threadVerdict({ state, blocks, of }: RecoverThread): Verdict {
  switch (state) {
    case 'running':
      return { level: 'part', text: of === 0 ? 'coming' : `${percent(blocks, of)}% here, you can open it` }
    case 'done':
      return { level: 'good', text: 'all of it is here' }
    case 'older':
      return { level: 'part', text: 'here as it was a while ago: no cafe showed the newest' }
    case 'damaged':
      return { level: 'bad', text: `${count(of - blocks, 'part')} of it came back damaged everywhere` }
    case 'missing':
      return { level: 'bad', text: 'no cafe that answered has it' }
    case 'waiting':
      return { level: 'part', text: 'not all of it could be asked for yet' }
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
  if (progress === undefined || progress.step === 'cafes') return 'Asking the cafes what they keep of you…'
  const done = progress.threads.filter(({ state }) => state !== 'running').length
  return progress.of === 0 ? 'Opening your backup…' : `${done} of ${count(progress.of, 'thread')} back`
}

/** What a recovery came to. */
export function recoverVerdict({ threads, finished, fresh }: RecoverResult): Verdict {
  const whole = threads.filter(({ state }) => state === 'done').length
  const bad = threads.filter(({ state }) => state === 'damaged' || state === 'missing').length
  if (!finished)
    return { level: 'part', text: 'Not everything could be asked for yet. Go on when more cafes are open.' }
  if (threads.length === 0) return { level: 'good', text: 'Your account is back. It had no threads.' }
  if (bad > 0) return { level: 'bad', text: `${count(whole, 'thread')} came back whole; ${bad} did not.` }
  if (whole < threads.length) {
    return {
      level: 'part',
      text: `${count(threads.length, 'thread')} came back, ${threads.length - whole} as they were a while ago.`,
    }
  }
  const back = threads.length === 1 ? 'Your thread is' : `All ${threads.length} threads are`
  return fresh === 'confirmed'
    ? { level: 'good', text: `${back} back, and two cafes agree that nothing is newer.` }
    : { level: 'good', text: `${back} back. Only one cafe answered, so nobody can say whether it has the very latest.` }
}

/** What a drill found wrong, in words. */
function problemText({ what, name }: DrillProblem): string {
  const called = name === '' ? '' : ` “${plainName(name)}”`
  switch (what) {
    case 'cafe':
      return `the cafe${called} did not answer`
    case 'manifest':
    case 'record':
      return `the list of your threads${called === '' ? '' : ` at${called}`}`
    case 'snapshot':
    case 'blocks':
      return `the thread${called}`
    case 'file':
      return `the file${called}`
  }
}

/** What a drill came to. */
export function drillVerdict({ good, threads, files, problems }: DrillResult): Verdict {
  const what = `${count(threads, 'thread')} and ${count(files, 'file')}`
  if (good) return { level: 'good', text: `${what} came back from your cafes, the same to the last bit.` }
  const named = [...new Set(problems.map(problemText))]
  const shown = named.length > 4 ? [...named.slice(0, 3), count(named.length - 3, 'other')] : named
  return {
    level: 'bad',
    text: `Not all of it came back as it is here: ${new Intl.ListFormat('en').format(shown)}. What is missing is sent again by itself; try again in a while.`,
  }
}

const STEPS: Readonly<Record<MoveStep, string>> = {
  register: 'Joining the new cafe',
  copy: 'Copying what the old one keeps',
  publish: 'Telling others where you are now',
  leave: 'Making sure that all of it is there, then leaving',
}

export function moveLine({ step, left }: Pick<MoveInfo, 'step' | 'left'>): string {
  return step === 'copy' && left > 0 ? `${STEPS.copy}: ${count(left, 'thing')} to go` : STEPS[step]
}

/** How much of a move is done, 0 to 100; most of the time goes into the copying. `most`: what was left when it began. */
export function movePercent({ step, left }: Pick<MoveInfo, 'step' | 'left'>, most: number): number {
  if (step === 'copy') return 5 + Math.round(0.8 * percent(most - left, most))
  return { register: 0, publish: 88, leave: 94 }[step]
}
