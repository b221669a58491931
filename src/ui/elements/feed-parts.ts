/** What a feed shows of a line that is no post, what can be found in it, and what it says where there is nothing. */
import { html, nothing, type TemplateResult } from 'lit'
import type { FeedItem, Post } from '../../worker/thread-api.ts'
import { feedKey } from '../controllers/feed-pages.ts'
import { posts as english } from '../texts/en/posts.ts'
import { spoken } from '../texts/say.ts'
import { eventLine, personName } from '../thread-words.ts'
import { icon } from './parts.ts'
import { who } from './person.ts'
import { prose, when } from './post-parts.ts'

const text = spoken('posts', english)

export const isPost = ({ kind }: Post): boolean => kind === 'text' || kind === 'files'

export function keyAt(items: readonly FeedItem[], index: number): string | undefined {
  const item = items[index]
  return item && feedKey(item)
}

/** What can be read of a line. */
export function textOf({ post, stack }: FeedItem): string {
  const said = 'comments' in post ? post.comments : []
  return [post, ...stack, ...said].map(({ author, text }) => `${personName(author)} ${text}`).join(' ')
}

/** One thing that happened, in a line; a comment with what it says. */
export function line(post: Post): TemplateResult {
  return html`<p class="small">
      <span class="title">${who(post.author, post.self)}</span> ${eventLine(post)}
      <span class="quiet">· ${when(post.time)}</span>
    </p>
    ${post.kind === 'comment' ? prose(post.text) : nothing}`
}

export function empty(): TemplateResult {
  return html`<div class="empty">
    <span class="mark" aria-hidden="true">${icon('comment')}</span>
    <h2>${text.noneTitle}</h2>
    <p class="quiet">${text.noneText}</p>
  </div>`
}
