/** The log a host reads: bounded, brief, the same after a restart, and without what it has no business to say. */
import { describe, expect, it } from 'vitest'
import { type ActivityLog, activityTable, createActivity } from '../../src/cafe/activity.ts'
import { CafeError } from '../../src/core/errors.ts'
import type { Address } from '../../src/core/ids.ts'
import { ACTIVITY_AGAIN, ACTIVITY_TTL, MAX_ACTIVITY } from '../../src/core/limits.ts'
import { silentLog } from '../../src/core/log.ts'
import { memoryRows } from '../../src/store/memory.ts'
import { failure } from '../net/fixture.ts'

const START = Date.UTC(2030, 0, 1)
const address = (name: string): Address => `P${name.padEnd(47, 'x')}` as Address
const [ADA, BEN] = [address('Ada'), address('Ben')]

async function world(rows = memoryRows()) {
  const clock = { now: START }
  const told = { times: 0 }
  const onChange = (): void => {
    told.times++
  }
  const open = (): Promise<ActivityLog> => createActivity({ rows, now: () => clock.now, log: silentLog, onChange })
  return { rows, clock, told, open, log: await open() }
}
const brief = (log: ActivityLog): string[] => log.list().map(({ what, who, times }) => `${what} ${who} ${times}`)

describe('the log of a host', () => {
  it('has the newest first, names accounts by their two ends only, and is the same after a restart', async () => {
    const { log, open, rows, told } = await world()
    log.note('joined', ADA)
    log.note('paused')
    log.note('kept', ADA, 5000)
    await log.close()
    expect(brief(log)).toEqual(['kept PAdaxx…xxxxxx 1', 'paused null 1', 'joined PAdaxx…xxxxxx 1'])
    expect(log.list()[0]).toEqual({
      ...{ what: 'kept', who: 'PAdaxx…xxxxxx', at: START, from: START, times: 1, bytes: 5000 },
    })
    expect(told.times).toBe(3)
    expect((await open()).list()).toEqual(log.list())
    const written = JSON.stringify(await rows.range('')) + JSON.stringify(await activityTable(rows).list([]))
    expect(written).not.toContain(ADA)
  })

  it('says the same within an hour once, with a count, and later again', async () => {
    const { log, clock, open } = await world()
    for (let i = 0; i < 1000; i++) log.note('kept', ADA, 10)
    log.note('kept', BEN, 1)
    clock.now += ACTIVITY_AGAIN - 1
    log.note('kept', ADA, 10)
    expect(brief(log)).toEqual(['kept PAdaxx…xxxxxx 1001', 'kept PBenxx…xxxxxx 1'])
    expect(log.list()[0]).toMatchObject({ from: START, at: clock.now, bytes: 10_010 })
    clock.now += 1
    log.note('kept', ADA, 10)
    expect(brief(log)).toEqual(['kept PAdaxx…xxxxxx 1', 'kept PAdaxx…xxxxxx 1001', 'kept PBenxx…xxxxxx 1'])
    await log.close()
    expect((await open()).list()).toEqual(log.list())
  })

  it('has an end, in lines and in days, also on the medium', async () => {
    const { log, clock, rows } = await world()
    for (let i = 0; i < MAX_ACTIVITY + 50; i++) log.note('asked', address(`n${i}y`))
    await log.close()
    expect(log.list().length).toBe(MAX_ACTIVITY)
    expect(log.list()[0]?.who).toMatch(/^Pn249y/)
    expect((await rows.keys('/cafe/activity/')).length).toBe(MAX_ACTIVITY)
    clock.now += ACTIVITY_TTL + 1
    log.note('paused')
    await log.close()
    expect(brief(log)).toEqual(['paused null 1'])
    expect((await rows.keys('/cafe/activity/')).length).toBe(1)
  })

  it('forgets an account whose all is erased, in the same commit, and nobody else', async () => {
    const { log, rows, open } = await world()
    log.note('joined', ADA)
    log.note('joined', BEN)
    await log.close()
    log.note('kept', ADA, 5)
    await rows.commit(log.forget(ADA))
    log.note('left', ADA)
    await log.close()
    expect(brief(log)).toEqual(['left PAdaxx…xxxxxx 1', 'joined PBenxx…xxxxxx 1'])
    expect(brief(await open())).toEqual(brief(log))
  })

  it('notes who found no room, and lets the refusal through; other failures are nothing to it', async () => {
    const { log } = await world()
    const full = new CafeError('QUOTA', { needed: 5, free: 1, limit: 'client' })
    expect(await failure(log.noteFull(ADA, Promise.reject(full)))).toMatchObject({ code: 'QUOTA', needed: 5 })
    expect(await failure(log.noteFull(BEN, Promise.reject(new CafeError('UNREACHABLE'))))).toEqual({
      code: 'UNREACHABLE',
    })
    expect(await log.noteFull(BEN, Promise.resolve(7))).toBe(7)
    expect(brief(log)).toEqual(['full PAdaxx…xxxxxx 1'])
  })

  it('goes on where the medium fails, and where a row cannot be read', async () => {
    const rows = memoryRows()
    await rows.commit([{ key: '/cafe/activity/000000000007', value: new Uint8Array([1, 2, 3]) }])
    let fails = true
    const failing: typeof rows = {
      ...rows,
      commit: async (changes) => {
        if (fails) throw new CafeError('QUOTA', { disk: true })
        return rows.commit(changes)
      },
    }
    const { log, open } = await world(failing)
    expect(log.list()).toEqual([])
    log.note('paused')
    await log.close()
    fails = false
    log.note('resumed')
    await log.close()
    expect(brief(log)).toEqual(['resumed null 1', 'paused null 1'])
    expect(brief(await open())).toEqual(['resumed null 1'])
  })
})
