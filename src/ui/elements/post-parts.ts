/** What a post is made of: when, what was written, who did the same. */
import '@awesome.me/webawesome/dist/components/relative-time/relative-time.js'
import { html, nothing, type TemplateResult } from 'lit'
import type { Post } from '../../worker/thread-api.ts'
import { count } from '../format.ts'
import { moment, personName, pieces } from '../thread-words.ts'

export function when(time: number): TemplateResult {
  return html`<span title=${moment(time)}><wa-relative-time .date=${new Date(time)} sync></wa-relative-time></span>`
}

/** What somebody wrote, with its line breaks and its links; never anything else of it. */
export function prose(text: string): TemplateResult | typeof nothing {
  if (text === '') return nothing
  return html`<p class="prose" dir="auto">${pieces(text).map((piece) =>
    'link' in piece
      ? html`<a href=${piece.link} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>`
      : piece.text,
  )}</p>`
}

/** Everybody who did it: `you, Ada and Ben`. */
export function names(posts: readonly Post[]): string {
  const people = posts.map(({ author, self }) => (self ? 'you' : personName(author)))
  return new Intl.ListFormat('en').format(new Set(people))
}

/** `You and Ada like this`. */
export function likedBy(likes: readonly Post[]): string {
  const first = likes.slice(0, 3)
  const rest = likes.length - first.length
  const people = first.map(({ author, self }) => (self ? 'you' : personName(author)))
  if (rest > 0) people.push(count(rest, 'other'))
  const text = new Intl.ListFormat('en').format(people)
  const one = likes.length === 1 && !likes[0]?.self
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${one ? 'likes' : 'like'} this`
}
