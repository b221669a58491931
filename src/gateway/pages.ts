/**
 * The gateway's own pages: self-contained, without scripts, light and dark, readable on a phone. Everything that comes
 * from outside is escaped, and nothing of the URL is ever shown on an error page (rule B4).
 */
import { readTried, type Tried } from '../core/about.ts'
import { type CafeError, ERRORS } from '../core/errors.ts'
import type { Form } from './request.ts'
import { english } from './words/en.ts'
import type { Explanation, GatewayWords } from './words/words.ts'

/** Text inside elements and quoted attributes. */
export function escapeHtml(text: string): string {
  const entity: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entity[character] ?? '')
}

/** The looks all pages share. */
const STYLE = `
:root{color-scheme:light dark;--ink:#22201d;--soft:#6d665d;--line:#e4ddd3;--paper:#fbf8f4;--card:#fff;--link:#8a4b14}
@media(prefers-color-scheme:dark){:root{--ink:#eee8df;--soft:#a89f93;--line:#3a352f;--paper:#1b1916;--card:#25221e;--link:#e6a567}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:clamp(1rem,5vw,3rem)}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 .5rem;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.2em}
a:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
.soft{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:0 1rem;margin:1.25rem 0}
.row{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center}
.button{display:inline-block;padding:.5rem 1.1rem;border:1px solid var(--line);border-radius:999px;background:var(--card);text-decoration:none}
summary{padding:.75rem 0;cursor:pointer}
details ul{margin:0 0 1rem;padding-left:1.25rem}
`

/** A whole page: `body` is HTML, `style` whatever it needs beyond the common. */
export function page(
  title: string,
  body: string,
  { style = '', language = 'en' }: { readonly style?: string; readonly language?: string } = {},
): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body><main>${body}</main></body>
</html>
`
}

/** Whose website it is has to know what is wrong with it: the file is theirs, and `why` is ours. */
function redirectsProblem({ data }: CafeError, { redirects }: GatewayWords): Explanation | undefined {
  if (data['what'] !== 'redirects') return undefined
  const line = typeof data['line'] === 'number' ? data['line'] : undefined
  return { title: redirects.title(String(data['why']), line), next: redirects.next }
}

/** Who was asked, for people: the end of a peer's id is what tells it from others. */
function triedLine({ who, how }: Tried, words: GatewayWords): string {
  const { ended } = words
  const say = Object.hasOwn(ended, how) ? ended[how as keyof typeof ended] : ended.failed
  return say(who === 'relay' ? words.relay : words.peer(who.slice(-8)))
}

/** A failure in the form asked for: what happened, who was asked and what to do, never where. */
export function errorBody(error: CafeError, form: Form, { again = false, words = english }: ErrorLooks = {}): string {
  const { what } = error.data
  const { failures } = words
  const { title, next } = redirectsProblem(error, words) ??
    failures[`${error.code} ${what}`] ??
    failures[error.code] ?? { title: ERRORS[error.code].text, next: words.otherwise }
  const tried = readTried(error.data['tried'])
  if (form === 'json') {
    const more = { ...(typeof what === 'string' && { what }), ...(tried.length > 0 && { tried }) }
    return `${JSON.stringify({ error: error.code, message: title, next, ...more })}\n`
  }
  if (form === 'text') return `${title}. ${next}\n`
  // A link keeps no fragment, so with a key in it only the browser itself can load the page again.
  const retry = again ? `<a class="button" href="" rel="noreferrer">${words.again}</a>` : ''
  const asked = tried.map((one) => `<li>${escapeHtml(triedLine(one, words))}</li>`).join('')
  return page(
    title,
    `<p class="soft">Popup Cafe</p><h1>${escapeHtml(title)}</h1><p>${escapeHtml(next)}</p>` +
      (asked === '' ? '' : `<details class="card"><summary>${words.tried}</summary><ul>${asked}</ul></details>`) +
      `<p class="row">${retry}<a href="/" rel="noreferrer">${words.app}</a></p>`,
    { language: words.language },
  )
}

export interface ErrorLooks {
  /** The page can be loaded again by a link. */
  readonly again?: boolean
  readonly words?: GatewayWords
}

/** Decimal units, as disks and other cafes show them: `1.5 MB`; `point` stands between the digits. */
export function formatSize(bytes: number, point = '.'): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1).replace('.', point)} ${units[unit]}`
}
