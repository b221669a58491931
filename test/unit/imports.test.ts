/** The architecture as DESIGN §2 has it, read from every import: who may know whom, and by which door packages enter. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

interface Source {
  /** Path below the project's root, such as `src/cafe/cafe.ts`. */
  readonly file: string
  /** Without comments. */
  readonly code: string
  readonly imports: readonly Import[]
}

const STRING_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
const IMPORT =
  /(?:^|\n|;)\s*(?:import|export)\s+(?:([^;'"]*?)\s*from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

function read(file: string): Source {
  const code = readFileSync(join(ROOT, file), 'utf8').replace(STRING_OR_COMMENT, (_, text = '') => text)
  const imports = [...code.matchAll(IMPORT)].map(([, names = '', fixed, dynamic]) => ({
    from: (fixed ?? dynamic) as string,
    typeOnly: fixed !== undefined && isTypeOnly(names),
  }))
  return { file, code, imports }
}

function isTypeOnly(names: string): boolean {
  if (/^type\s/.test(names)) return true
  const list = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1]
  const parts = list?.split(',').map((part) => part.trim())
  return parts?.filter(Boolean).every((part) => part.startsWith('type ')) ?? false
}

const sources = globSync(['src/**/*.ts', 'sw/**/*.ts', 'relay/**/*.ts'], { cwd: ROOT }).sort().map(read)

/** `cafe` for `src/cafe/pin/store.ts`, `sw` for `sw/main.ts`, `relay/cafe` for what is below that. */
const partOf = (file: string): string =>
  file.startsWith('relay/cafe/') ? 'relay/cafe' : (file.replace(/^src\//, '').split('/')[0] as string)
const isLocal = ({ from }: Import): boolean => from.startsWith('.')
const targetOf = (source: Source, { from }: Import): string => join(dirname(source.file), from)

/** Every import that breaks a rule, as text that names file and rule. */
const broken = (rule: string, isBroken: (source: Source, one: Import) => boolean): string[] =>
  sources.flatMap((source) =>
    source.imports
      .filter((one) => isBroken(source, one))
      .map(({ from }) => `${source.file} imports '${from}', but ${rule}`),
  )

/** Whom each part may import beside itself (DESIGN §2: arrows may be skipped, never reversed). */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  crypto: ['core'],
  store: ['core'],
  wire: ['core'],
  rpc: ['core'],
  gateway: ['core', 'crypto', 'store'],
  net: ['core', 'crypto', 'store', 'wire'],
  cafe: ['core', 'crypto', 'store', 'wire'],
  thread: ['core', 'crypto', 'store', 'wire'],
  peer: ['core', 'crypto', 'store', 'wire', 'cafe', 'thread'],
  worker: ['core', 'crypto', 'store', 'wire', 'rpc', 'net', 'cafe', 'thread', 'peer', 'gateway'],
  ui: ['core', 'crypto', 'rpc', 'worker'],
  sw: ['core', 'crypto', 'store', 'rpc', 'gateway', 'worker'],
  relay: ['core', 'wire', 'gateway', 'relay/cafe'],
  // The cafe in Node: a composition root like the worker, on the machine of the relay.
  'relay/cafe': ['core', 'crypto', 'store', 'wire', 'net', 'cafe', 'gateway', 'relay'],
}

/** Stores that need Node: nobody but the cafe there may know them. */
const NODE_STORES = /^src\/store\/(level|fs|room|open)\.ts$/

/** The one door of each outside package: files that may import it. */
const DOORS: ReadonlyArray<readonly [packages: RegExp, door: RegExp]> = [
  [/^(helia|@helia\/.*)$/, /^src\/net\/node\.ts$/],
  [/^jose$/, /^(src\/crypto|relay\/acme)\//],
  [/^@noble\/hashes\/blake[23]\.js$/, /^src\/core\/block\.ts$/],
  [/^(@noble\/(?!hashes\/blake).*|@scure\/.*|@hpke\/.*|micro-key-producer\/.*)$/, /^src\/crypto\//],
  [/^(lit|lit\/.*|@lit\/.*|@awesome\.me\/.*)$/, /^src\/ui\//],
  [/^(blockstore-idb|datastore-idb|idb)$/, /^src\/store\/idb\.ts$/],
  [/^aws4fetch$/, /^src\/store\/s3\.ts$/],
  [/^modern-tar$/, /^src\/gateway\/tar\.ts$/],
  [/^qr(\/.*)?$/, /^(src\/ui\/qr|relay\/lan\/show)\.ts$/],
  [/^workbox-window$/, /^src\/ui\/service-worker\.ts$/],
  [/^client-zip$/, /^src\/ui\/viewer\/save\.ts$/],
  [/^valibot$/, /^src\/core\/schema\.ts$/],
  [/^@valibot\/to-json-schema$/, /^src\/cafe\/openapi-schema\.ts$/],
  [/^@ipld\/dag-json$/, /^src\/core\/json\.ts$/],
  [/^@libp2p\/webrtc$/, /^(src\/worker\/host|relay\/\w+)\.ts$/],
  [/^ipfs-unixfs-importer(\/.*)?$/, /^src\/peer\/import\.ts$/],
  [/^@libp2p\/peer-record$/, /^src\/crypto\/envelope\.ts$/],
  [/^(@libp2p\/.*|libp2p)$/, /^(src\/(net|wire|cafe|worker)\/|src\/crypto\/envelope\.ts$|relay\/)/],
  [/^(@peculiar\/.*|reflect-metadata)$/, /^relay\//],
  [/^prom-client$/, /^relay\/metrics\.ts$/],
  [/^(classic-level|datastore-level)$/, /^src\/store\/level\.ts$/],
  [/^blockstore-fs(\/.*)?$/, /^src\/store\/fs\.ts$/],
  [/^datastore-fs$/, /^relay\//],
  [/^node:.*$/, /^(relay\/|src\/store\/(level|fs|room|open)\.ts$)/],
]

/**
 * Where bytes enter a block store by another way than `verifiedPut`, and why that is right. Whatever is put elsewhere must
 * be put into a table of rows, or into one of OTHER_PUTS.
 */
const RAW_PUTS: Record<string, string> = {
  'src/net/node.ts': 'helia stores what our fetcher brought, which is verified there',
  'src/worker/trial-part.ts': 'our own importer made the block and hashed it',
  'src/peer/own-blocks.ts': 'our own importer made the block and hashed it',
  'src/thread/speak.ts': 'our own block, whose CID was made from its bytes',
}

/** What else has a `put` that is no block store's. */
const OTHER_PUTS: Record<string, string> = {
  keys: 'the store of CryptoKeys',
  cache: 'a cache of the platform: files that other apps share (`rpc/shared-files.ts`)',
  adding: 'the blocks of a file being added (`peer/own-blocks.ts`)',
  snapshots: 'the client of the snapshot service',
  batch: 'one write of several keys to the datastore of libp2p (`net/identity.ts`)',
  links: 'sealed links at a cafe (`cafe/link/links.ts`), and their client',
}

/** Modules with a variable of their own, and what there can be only one of. */
const ONE_OF: Record<string, string> = {
  'src/ui/connect.ts': 'the page’s connection to the worker',
  'src/ui/service-worker.ts': 'the page’s service worker',
}

describe('imports', () => {
  it('are read at all', () => {
    expect(sources.length).toBeGreaterThan(100)
    const cafe = sources.find(({ file }) => file === 'src/cafe/cafe.ts')
    expect(cafe?.imports).toContainEqual({ from: './pin/service.ts', typeOnly: false })
    expect(cafe?.imports).toContainEqual({ from: '@libp2p/interface', typeOnly: true })
    expect(sources.find(({ file }) => file === 'src/worker/main.ts')?.imports).toContainEqual({
      from: './host.ts',
      typeOnly: false,
    })
  })

  it('go along the arrows between the parts', () => {
    const unknown = [...new Set(sources.map(({ file }) => partOf(file)))].filter((part) => !(part in MAY_IMPORT))
    expect(unknown, 'parts that DESIGN §2 does not know').toEqual([])
    const rule = 'no arrow leads there (DESIGN §2)'
    const wrong = broken(rule, (source, one) => {
      if (!isLocal(one)) return false
      const [own, other] = [partOf(source.file), partOf(targetOf(source, one))]
      return own !== other && !MAY_IMPORT[own]?.includes(other)
    })
    expect(wrong).toEqual([])
  })

  it('leave the stores of Node to the cafe in Node', () => {
    const wrong = broken('browsers have no such thing', (source, one) => {
      if (!isLocal(one) || NODE_STORES.test(source.file) || partOf(source.file) === 'relay/cafe') return false
      return NODE_STORES.test(targetOf(source, one))
    })
    expect(wrong).toEqual([])
  })

  it('give the service worker no code of the worker: it knows only its types', () => {
    const wrong = broken('only types of it', (source, one) => {
      return partOf(source.file) === 'sw' && isLocal(one) && partOf(targetOf(source, one)) === 'worker' && !one.typeOnly
    })
    expect(wrong).toEqual([])
  })

  it('keep the WebRTC bridge a module of its own: beside core and rpc it knows only itself, and no package', () => {
    const bridge = /^src\/(worker\/rtc\/|ui\/rtc-)/
    expect(sources.filter(({ file }) => bridge.test(file)).length).toBeGreaterThan(10)
    const wrong = broken('the bridge stands alone', (source, one) => {
      if (!bridge.test(source.file)) return false
      const target = targetOf(source, one)
      return !isLocal(one) || !(bridge.test(target) || ['core', 'rpc'].includes(partOf(target)))
    })
    expect(wrong).toEqual([])
  })

  it('never join the two halves of a service', () => {
    const half = (file: string) => /^(src\/cafe\/\w+)\/(service|client)\.ts$/.exec(file)
    const wrong = broken('the halves of a service share only its protocol', (source, one) => {
      const [own, other] = [half(source.file), isLocal(one) ? half(targetOf(source, one)) : null]
      return own !== null && other !== null && own[1] === other[1] && own[2] !== other[2]
    })
    expect(wrong).toEqual([])
  })

  it('never lead from one service into another', () => {
    // `carry` is no service: it takes the whole cafe along, and no service knows of it.
    const folder = (file: string) => /^src\/cafe\/(?!carry\/)(\w+)\//.exec(file)?.[1]
    const wrong = broken('services know nothing of each other', (source, one) => {
      const [own, other] = [folder(source.file), isLocal(one) ? folder(targetOf(source, one)) : undefined]
      return own !== undefined && other !== undefined && own !== other
    })
    expect(wrong).toEqual([])
  })

  it.each(DOORS)('of %s come in by one door', (packages, door) => {
    const rule = `its door is ${door}`
    expect(broken(rule, (source, { from }) => packages.test(from) && !door.test(source.file))).toEqual([])
  })

  it('name files with their ending, and nothing outside the project', () => {
    const wrong = broken('a local import names a file of this project', (source, one) => {
      return isLocal(one) && (targetOf(source, one).startsWith('..') || !/\.(ts|css|svg)(\?[\w-]+)?$/.test(one.from))
    })
    expect(wrong).toEqual([])
  })
})

describe('code', () => {
  const having = (pattern: RegExp): string[] => sources.filter(({ code }) => pattern.test(code)).map(({ file }) => file)

  it('has no default exports', () => {
    expect(having(/\bexport\s+default\b|\bas\s+default\b/)).toEqual([])
  })

  it('has no state in modules, but for what there is one of by nature', () => {
    expect(having(/^(export\s+)?(let|var)\s/m)).toEqual(Object.keys(ONE_OF).sort())
  })

  it('names WebRTC only in the bridge', () => {
    const bridge = /^src\/(worker\/rtc\/|ui\/rtc-)/
    const named = sources.filter(({ code }) => /\bRTC[A-Z]\w+/.test(code.replace(STRING_OR_COMMENT, '')))
    expect(named.map(({ file }) => file).filter((file) => !bridge.test(file))).toEqual([])
  })

  it('makes addresses of blobs, which have our origin, only in one module', () => {
    expect(having(/\bcreateObjectURL\b/)).toEqual(['src/ui/object-url.ts'])
  })

  it('makes no HTML and no code of text: Lit does the one, nobody the other', () => {
    const sinks =
      /\b(?:unsafeHTML|unsafeSVG|unsafeStatic|innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|srcdoc|DOMParser|createContextualFragment|importScripts)\b|\bdocument\.write|\bnew Function\b|\beval\(|set(?:Timeout|Interval)\(\s*['"`]/
    expect(having(sinks)).toEqual([])
  })

  it('opens IndexedDB only in the store', () => {
    expect(having(/\bindexedDB\b|\bIDB[A-Z]\w+/)).toEqual(['src/store/idb.ts'])
  })

  describe('puts blocks through the one gate:', () => {
    const outside = sources.filter(({ file }) => partOf(file) !== 'store')
    const tables = new Set(
      sources.flatMap(({ code }) =>
        [...code.matchAll(/(\w+)\??\s*(?::\s*Table<|[:=]\s*table\()/g)].map(([, name]) => name),
      ),
    )

    it('whatever is put is a row of a table, but where somebody has looked', () => {
      expect(tables.size).toBeGreaterThan(10)
      const raw = outside.filter(({ code }) => {
        const receivers = [...code.matchAll(/([\w$]+)[\])!?()]*\.(?:put|putMany)\(/g)].map(([, name = '']) => name)
        return receivers.some((name) => !tables.has(name) && !(name in OTHER_PUTS))
      })
      expect(raw.map(({ file }) => file)).toEqual(Object.keys(RAW_PUTS).sort())
    })

    it('nobody takes a `put` aside, puts many at once or imports archives past it', () => {
      const aside =
        /\.put(?:Many)?(?!\w|\()|\[['"]put|\b(?:const|let)\s*\{[^}]*\bput\b[^}]*\}\s*=|\(\{[^}]*\bput\b[^}]*\}\s*[:)]|\bputMany\b|\bcar\.import\(/
      expect(having(aside).filter((file) => partOf(file) !== 'store')).toEqual([])
    })

    it('and the gate is where all others have to pass', () => {
      const gate = readFileSync(join(ROOT, 'src/store/blocks.ts'), 'utf8')
      expect(gate).toMatch(/await verifyBlock\(cid, bytes\)\s+await blocks\.put\(cid, bytes\)/)
      expect(having(/\.put\(/).filter((file) => /^src\/store\/blocks|^src\/store\/(collect|holds)/.test(file))).toEqual(
        ['src/store/blocks.ts'],
      )
    })

    it('tells a way round it from a row', () => {
      const rows = ['await store.pins.put([a], row)', 'this.#components.store.lists.put(key, list)']
      const ways = [
        'blocks.put(cid, bytes)',
        'helia.blockstore.put(cid, b)',
        'this.#blocks.put(c, b)',
        '(await open()).put(c, b)',
      ]
      const receiver = /([\w$]+)[\])!?()]*\.(?:put|putMany)\(/
      for (const code of rows) expect(tables).toContain(receiver.exec(code)?.[1])
      for (const code of ways) expect(tables).not.toContain(receiver.exec(code)?.[1])
    })
  })
})
