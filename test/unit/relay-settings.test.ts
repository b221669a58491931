/** Settings as a table: who overrules whom, what a file may hold, and how each is explained. */
import { describe, expect, it } from 'vitest'
import {
  describeSettings,
  readSettings,
  type Settings,
  type Sources,
  setting,
  UsageError,
} from '../../relay/settings.ts'
import { v } from '../../src/core/schema.ts'

const TABLE = {
  preset: setting({
    ...{ flag: 'preset', env: 'PRESET', kind: 'text', fallback: 'small', schema: v.picklist(['small', 'big']) },
    ...{ needs: 'small or big', help: 'how much of all' },
  }),
  config: setting({
    ...{ flag: 'config', env: 'CONFIG', kind: 'text', schema: v.optional(v.string()), needs: 'a file', help: 'a file' },
  }),
  most: setting({
    ...{ flag: 'most', env: 'MOST', kind: 'text', value: 'n', fallback: '1', needs: 'a number', help: 'how many' },
    schema: v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number)),
  }),
  names: setting({
    ...{ flag: 'name', env: 'NAMES', kind: 'list', needs: 'at most two names', help: 'who' },
    schema: v.pipe(v.array(v.string()), v.maxLength(2)),
  }),
  loud: setting({
    ...{ flag: 'loud', env: 'LOUD', kind: 'switch', schema: v.boolean(), needs: 'on or off', help: 'says more' },
  }),
} as const satisfies Settings

const PRESETS = { small: {}, big: { most: '100', loud: true } }
const read = (args: string[], env: Sources['env'] = {}, file?: string) =>
  readSettings(TABLE, {
    ...{ args, env, presets: PRESETS },
    readFile: (path) => {
      if (file === undefined) throw new Error(`no ${path}`)
      return file
    },
  })

describe('settings', () => {
  it('come from flags before variables before the file before the preset before the table', () => {
    const file = JSON.stringify({ preset: 'big', most: 3, names: ['a', 'b'], loud: false })
    expect(read([])).toMatchObject({ preset: 'small', most: 1, names: [], loud: false })
    expect(read(['--preset', 'big'])).toMatchObject({ most: 100, loud: true })
    expect(read([], { PRESET: 'big' })).toMatchObject({ preset: 'big', most: 100 })
    expect(read([], { CONFIG: 'f' }, file)).toMatchObject({ preset: 'big', most: 3, names: ['a', 'b'], loud: false })
    expect(read(['--config', 'f'], { MOST: '4' }, file)).toMatchObject({ most: 4, loud: false })
    expect(read(['--most', '5', '--config', 'f'], { MOST: '4' }, file)).toMatchObject({ most: 5 })
  })

  it('are lists by repeating a flag, by commas, or as lists of a file', () => {
    expect(read(['--name', 'a,b', '--name', 'c'])).toMatchObject({ names: ['a,b', 'c'] })
    expect(read([], { NAMES: 'a, b' })).toMatchObject({ names: ['a', 'b'] })
    expect(read(['--config', 'f'], {}, '{"names": "a, b"}')).toMatchObject({ names: ['a', 'b'] })
  })

  it('are switched on, and off again, by words that mean that', () => {
    for (const on of ['1', 'true', 'on', 'YES']) expect(read([], { LOUD: on })).toMatchObject({ loud: true })
    for (const off of ['0', 'false', 'off', 'no']) expect(read([], { LOUD: off })).toMatchObject({ loud: false })
    expect(read(['--no-loud'], { PRESET: 'big' })).toMatchObject({ loud: false })
  })

  it.each([
    [['--most', 'x'], {}, undefined, '--most (MOST) needs a number'],
    [[], { MOST: '1000' }, undefined, '--most (MOST) needs a number'],
    [[], { LOUD: 'perhaps' }, undefined, '--loud (LOUD) needs on or off'],
    [['--name', 'a', '--name', 'b', '--name', 'c'], {}, undefined, '--name (NAMES) needs at most two names'],
    [['--nothing'], {}, undefined, '--nothing'],
    [['--config', 'f'], {}, undefined, 'f cannot be read'],
    [['--config', 'f'], {}, '{', 'f is no JSON'],
    [['--config', 'f'], {}, '[]', 'f needs to be a JSON object'],
    [['--config', 'f'], {}, '{"most": {"a": 1}}', 'f needs to be a JSON object'],
    [['--config', 'f'], {}, '{"least": 1}', 'has "least", which is no setting'],
    [['--config', 'f'], {}, '{"config": "g"}', 'has "config", which is no setting'],
    [['--config', 'f'], {}, '{"__proto__": 1}', 'has "__proto__"'],
    [['--config', 'f'], {}, ' '.repeat(70_000), 'f is longer'],
    [['--preset', 'huge'], {}, undefined, '--preset (PRESET) needs small or big'],
    [['--preset', 'toString'], {}, undefined, '--preset (PRESET) needs small or big'],
  ] as const)('%j with %j are refused by name', (args, env, file, said) => {
    expect(() => read([...args], env, file)).toThrow(UsageError)
    expect(() => read([...args], env, file)).toThrow(said)
  })

  it('are explained in lines that a terminal shows whole', () => {
    const text = describeSettings(TABLE)
    for (const { flag, help } of Object.values(TABLE)) expect(text).toMatch(new RegExp(`--${flag}\\b.*${help}`))
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })
})
