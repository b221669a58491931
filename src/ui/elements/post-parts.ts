/** What a post is made of: when, what was written, who did the same. */
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Post } from '../../worker/thread-api.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { moment, personName, pieces } from '../thread-words.ts'

const text = spoken('posts', english)

export function when(time: number): TemplateResult {
  return html`<span title=${moment(time)}><wa-relative-time .date=${new Date(time)} sync></wa-relative-time></span>`
}

/** What somebody wrote, with its line breaks and its links; never anything else of it. */
export function prose(written: string): TemplateResult | typeof nothing {
  if (written === '') return nothing
  return html`<p class="prose" dir="auto">${pieces(written).map((piece) =>
    'link' in piece
      ? html`<a href=${piece.link} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>`
      : piece.text,
  )}</p>`
}

/** Everybody who did it, each once, and whether this account did. */
export function names(posts: readonly Post[]): [names: readonly string[], you: boolean] {
  const others = posts.filter(({ self }) => !self).map(({ author }) => personName(author))
  return [[...new Set(others)], posts.some(({ self }) => self)]
}

/** `You and Ada like this`. */
export function likedBy(likes: readonly Post[]): string {
  const first = likes.slice(0, 3)
  const others = first.filter(({ self }) => !self).map(({ author }) => personName(author))
  return text.likedBy(others, first.length > others.length, likes.length - first.length)
}
