/** The relay's log in both forms: one line an event, and no secret in either. */
import { describe, expect, it } from 'vitest'
import { createRelayLog } from '../../relay/log.ts'

const written = (form: 'text' | 'json', act: (log: ReturnType<typeof createRelayLog>) => void): string[] => {
  const lines: string[] = []
  const now = () => new Date('2026-01-02T03:04:05.678Z')
  act(createRelayLog(form, 'info', (line) => void lines.push(line), now))
  return lines
}

describe('the log', () => {
  it('is a line of JSON for each event, with what it always has under its own name', () => {
    const facts = { port: 1, ok: true, level: 'canary', error: new Error('no\nway') }
    const [line = '', ...more] = written('json', (log) => log('warn', 'it failed', facts))
    expect(more).toEqual([])
    expect(line).toMatch(/^[^\n]*\n$/)
    expect(JSON.parse(line)).toEqual({
      ...{ time: '2026-01-02T03:04:05.678Z', level: 'warn', message: 'it failed' },
      ...{ port: 1, ok: true, error: 'Error: no\nway' },
    })
  })

  it.each(['text', 'json'] as const)('holds no query and no key as %s, and nothing below its level', (form) => {
    const lines = written(form, (log) => {
      log('info', 'asked for /a?canary1', { path: '/b?canary2', error: new Error('at /c#canary3') })
      log('debug', 'canary4')
    })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('/b')
    expect(lines.join()).not.toContain('canary')
  })
})
