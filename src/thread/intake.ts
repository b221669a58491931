/**
 * Blocks from others: each is checked in the order size, hash, tag, form, parents, seal, signature and certificate, rules;
 * what passes is stored and becomes visible, what lacks a parent or key waits, and what can never pass is remembered, with
 * all that builds on it. Nothing in a block makes this throw, so no block holds up another.
 */
import type { CID } from 'multiformats/cid'
import { isCafeError } from '../core/errors.ts'
import { sameBytes } from '../core/ids.ts'
import { verifiedPut } from '../store/blocks.ts'
import { admit, type Core, standingsAt } from './admit.ts'
import { type Node, type Opened, openBlock, readNode, type SealedBlock } from './block.ts'
import type { EpochKey } from './epoch-key.ts'
import { type Candidate, chunks, formOf, type Malformed, parentsFirst, whyOf } from './form.ts'
import { judge } from './rules.ts'
import { type Staged, stage } from './staged.ts'
import type { Standings } from './standing.ts'
import { cidOf, hashOf, type Place, type ThreadTables, threadTables } from './tables.ts'
import type { Received, Refused } from './thread.ts'
import { refuse, refusedFor } from './waiting.ts'

/** Blocks whose rows are committed together: a strict commit costs the same for one as for many. */
const TOGETHER = 64

type Outcome = 'applied' | 'known' | 'waiting' | { readonly why: string }

/** Takes blocks in any order; the caller sees to it that nothing else changes the thread meanwhile. */
export async function takeIn(core: Core, blocks: readonly SealedBlock[]): Promise<Received> {
  const hold = core.holds.open()
  try {
    await hold.add(blocks.map(({ cid }) => cid.multihash.bytes))
    return await attempt(core, (intake) => intake.run(blocks))
  } finally {
    hold.release()
  }
}

/** What waited for a key is looked at again. */
export const retake = (core: Core): Promise<Received> => attempt(core, (intake) => intake.rerun())

async function attempt(core: Core, run: (intake: Intake) => Promise<Received>): Promise<Received> {
  const intake = new Intake(core)
  try {
    return await run(intake)
  } catch (error) {
    // What is in memory may not have been stored, and what was stored may be in no row.
    core.waiting.reset()
    core.onGarbage()
    throw error
  } finally {
    core.tip = undefined
    if (intake.applied.length > 0) core.onChange(core.id)
  }
}

class Intake {
  readonly #core: Core
  #staged: Staged
  #tables: ThreadTables
  /** Of blocks that are being stored. */
  readonly #puts: Promise<void>[] = []
  readonly #fresh: CID[] = []
  readonly applied: CID[] = []
  readonly #refused: Refused[] = []
  /** Of those to be taken next: what they say, under whichever key. */
  readonly #opened = new Map<string, Opened>()
  /** Stored, and in no row any more. */
  #garbage = false

  constructor(core: Core) {
    this.#core = core
    this.#staged = stage(core.rows)
    this.#tables = threadTables(this.#staged)
  }

  async run(blocks: readonly SealedBlock[]): Promise<Received> {
    await this.#core.waiting.load(this.#tables)
    const candidates = new Map<string, Candidate>()
    for (const some of chunks(blocks, TOGETHER)) {
      const forms = await Promise.all(some.map((block) => formOf(block, this.#core.tag)))
      for (const [i, form] of forms.entries()) {
        if (!('why' in form)) candidates.set(form.hash, form)
        else await this.#malformed((some[i] as SealedBlock).cid, form)
      }
    }
    for (const some of chunks([...parentsFirst(candidates)], TOGETHER)) {
      await Promise.all(some.map((candidate) => this.#openAhead(candidate)))
      for (const candidate of some) await this.#takeWithChildren(candidate)
      this.#opened.clear()
    }
    return this.#end()
  }

  async rerun(): Promise<Received> {
    const { waiting } = this.#core
    await waiting.load(this.#tables)
    for (const hash of [...waiting.all().keys()]) {
      const candidate = waiting.has(hash) && (await this.#waiter(hash))
      if (candidate) await this.#takeWithChildren(candidate)
    }
    return this.#end()
  }

  async #end(): Promise<Received> {
    await this.#flush()
    if (this.#garbage) this.#core.onGarbage()
    const waiting = [...this.#core.waiting.all().keys()].map(cidOf)
    const missing = (await this.#core.waiting.missing(this.#tables)).map(cidOf)
    return { applied: this.applied, waiting, missing, refused: this.#refused }
  }

  async #malformed(cid: CID, { why, final }: Malformed): Promise<void> {
    if (final) await this.#refuse(hashOf(cid), why)
    this.#refused.push({ cid, why })
  }

  /** Side by side what needs no parents: most blocks are as they should be, and this is most of the work. */
  async #openAhead({ hash, block, node }: Candidate): Promise<void> {
    const { id, keyring, thread } = this.#core
    if ((await this.#tables.place.get(id, hash)) || (await refusedFor(this.#tables, id, hash))) return
    const keys = await keyring.of(this.#tables, node.e)
    const opened = await openBlock(thread, block, node, keys).catch(() => undefined) // found out again in its turn
    if (opened) this.#opened.set(hash, opened)
  }

  /** Takes a block, and those that had waited for it. */
  async #takeWithChildren(first: Candidate): Promise<void> {
    const { waiting } = this.#core
    const queue = [first]
    for (let candidate = queue.shift(); candidate; candidate = queue.shift()) {
      const { hash, block } = candidate
      const outcome = await this.#take(candidate)
      if (outcome === 'waiting') continue
      const waited = await waiting.remove(this.#tables, hash)
      if (outcome === 'applied') this.#fresh.push(block.cid)
      if (typeof outcome === 'object') {
        this.#garbage ||= waited
        await this.#refuse(hash, outcome.why)
        this.#refused.push({ cid: block.cid, why: outcome.why })
      }
      for (const child of waiting.on(hash)) {
        const next = await this.#waiter(child)
        if (next) queue.push(next)
      }
      if (this.#fresh.length >= TOGETHER) await this.#flush()
    }
  }

  async #waiter(hash: string): Promise<Candidate | undefined> {
    const cid = cidOf(hash)
    // What is being put may not be there to be read yet.
    await this.#stored()
    const bytes = await this.#core.blocks.get(cid)
    if (bytes) return { hash, block: { cid, bytes }, node: readNode(bytes) }
    await this.#core.waiting.remove(this.#tables, hash)
    return undefined
  }

  async #take({ hash, block, node }: Candidate): Promise<Outcome> {
    const { id } = this.#core
    if (await this.#tables.place.get(id, hash)) {
      // Its row may have outlived its bytes.
      if (!(await this.#core.blocks.has(block.cid))) this.#put(block)
      return 'known'
    }
    const refused = await refusedFor(this.#tables, id, hash)
    if (refused) return { why: refused }
    const parents = new Map<string, Place>()
    for (const parent of node.p.map(hashOf)) {
      const place = await this.#tables.place.get(id, parent)
      if (place) parents.set(parent, place)
      else if (await refusedFor(this.#tables, id, parent)) return { why: 'parent' }
    }
    if (parents.size < node.p.length) return this.#wait(hash, block, node)
    return this.#judge({ hash, block, node }, parents)
  }

  async #judge({ hash, block, node }: Candidate, parents: ReadonlyMap<string, Place>): Promise<Outcome> {
    const before = await standingsAt(this.#core, this.#tables, parents)
    const opened = await this.#open(hash, block, node, before.value)
    if (opened === undefined) return this.#wait(hash, block, node)
    if ('why' in opened) return opened
    const { content, key } = opened
    const one = { content, epoch: node.e, key: key.id, root: parents.size === 0 }
    const verdict = judge(this.#core.charter, before.value, one)
    if ('why' in verdict) return verdict
    this.#put(block)
    const { after } = verdict
    const { byteLength: size } = block.bytes
    await admit(this.#core, this.#tables, { hash, size, epoch: node.e, key: key.id, content, parents, before, after })
    return 'applied'
  }

  /** Undefined while it may be under a key that is not here. */
  async #open(
    hash: string,
    block: SealedBlock,
    node: Node,
    { epochs }: Standings,
  ): Promise<Opened | { why: string } | undefined> {
    const { keyring, thread } = this.#core
    const made = epochs.filter(({ epoch }) => epoch === node.e)
    const ahead = this.#opened.get(hash)
    if (ahead && made.some(({ id }) => sameBytes(id, ahead.key.id))) return ahead
    const keys: EpochKey[] = []
    for (const one of made) {
      const key = await keyring.get(this.#tables, one)
      if (key) keys.push(key)
    }
    try {
      return await openBlock(thread, block, node, keys)
    } catch (error) {
      if (isCafeError(error) && error.code === 'SEALED' && keys.length < made.length) return undefined
      return { why: whyOf(error) }
    }
  }

  async #wait(hash: string, block: SealedBlock, node: Node): Promise<Outcome> {
    if (this.#core.waiting.has(hash)) return 'waiting'
    this.#put(block)
    const evicted = await this.#core.waiting.add(this.#tables, hash, block.bytes.byteLength, node.p.map(hashOf))
    this.#garbage ||= evicted
    return 'waiting'
  }

  async #refuse(hash: string, why: string): Promise<{ readonly why: string }> {
    await refuse(this.#tables, this.#core.id, hash, why)
    return { why }
  }

  #put({ cid, bytes }: SealedBlock): void {
    const put = verifiedPut(this.#core.blocks, cid, bytes)
    put.catch(() => {}) // told when it is waited for
    this.#puts.push(put)
  }

  async #stored(): Promise<void> {
    await Promise.all(this.#puts.splice(0))
  }

  /** First the blocks, then the rows that say they are there. */
  async #flush(): Promise<void> {
    await this.#stored()
    await this.#staged.flush()
    this.applied.push(...this.#fresh.splice(0))
  }
}
