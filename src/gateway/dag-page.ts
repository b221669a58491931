/** Structured data as a page for people: its value as indented text whose links to other blocks can be followed. */
import { parseCid } from '../core/block.ts'
import { CafeError } from '../core/errors.ts'
import { escapeHtml, formatSize, page } from './pages.ts'
import type { GatewayWords } from './words/words.ts'

export interface DataPage {
  readonly cid: string
  readonly format: 'dag-cbor' | 'dag-json'
  /** Bytes of the block. */
  readonly size: number
  /** The value as dag-json, or its beginning. */
  readonly json: string
  readonly whole: boolean
  readonly words: GatewayWords
}

/** A link as dag-json writes it, after indenting. */
const LINK = /(\{\s*&quot;\/&quot;: &quot;)([A-Za-z0-9]{20,256})(&quot;\s*\})/g

export function dataPage({ cid, format, size, json, whole, words }: DataPage): string {
  const text = whole ? JSON.stringify(JSON.parse(json), null, 2) : json
  const linked = escapeHtml(text).replace(LINK, (all, before: string, link: string, after: string) =>
    isCid(link) ? `${before}<a href="/ipfs/${link}">${link}</a>${after}` : all,
  )
  const rest = whole ? '' : `<p>${words.onlyBeginning}</p>`
  return page(
    words.data,
    `<h1>${words.dataTitle}</h1><p class="soft">${format} · ${formatSize(size, words.point)} · ${cid}</p>` +
      `<p><a href="/ipfs/${cid}?format=${format}&amp;download=true">${words.saveAs(format)}</a> · ` +
      `<a href="/ipfs/${cid}?format=raw">${words.saveBlock}</a></p>` +
      `<pre class="card" style="overflow:auto;padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere">${linked}</pre>${rest}`,
    { language: words.language },
  )
}

function isCid(text: string): boolean {
  try {
    parseCid(text)
    return true
  } catch (error) {
    if (error instanceof CafeError) return false
    throw error
  }
}
