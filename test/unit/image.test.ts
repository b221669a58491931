/**
 * The recipe of the image, linted: by a kept linter for what Docker would warn of, and by rules of our own for what makes an
 * image one that can be trusted. That the rules say no is tested too. What comes of it is tested in `e2e/image.test.ts`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Copy, Dockerfile } from 'dockerfile-ast'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { argumentsOf, contextNames, healthWords, ROOT, stagesOf, wordsOf } from '../fixtures/image.ts'

const RECIPE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')

/** Each says what must be so, and whether it is. */
const RULES: ReadonlyArray<readonly [rule: string, holds: (recipe: Dockerfile) => boolean]> = [
  [
    'every base image has an exact version',
    (recipe) => stagesOf(recipe).every(({ from }) => isPinned(from.getImage())),
  ],
  ['more than one stage', (recipe) => stagesOf(recipe).length > 1],
  [
    'nothing comes from the net but packages',
    (recipe) => !has(recipe, 'ADD') && !/\b(curl|wget|git clone)\b/.test(textOf(recipe)),
  ],
  ['packages before sources', (recipe) => packagesFirst(recipe)],
  [
    'no install scripts of packages',
    (recipe) =>
      runs(recipe)
        .filter((run) => /npm (ci|i)\b/.test(run))
        .every((run) => run.includes('--ignore-scripts')),
  ],
  ['nothing is run in the last stage', (recipe) => !last(recipe).some((step) => step.getKeyword() === 'RUN')],
  [
    'the last stage takes from other stages alone',
    (recipe) => copies(recipe).every((step) => step.getFlags().some((flag) => flag.getName() === 'from')),
  ],
  ['a numeric user that is not root', (recipe) => /^[1-9]\d*:[1-9]\d*$/.test(contentOf(recipe, 'USER'))],
  ['a health check without a shell', (recipe) => healthWords(find(recipe, 'HEALTHCHECK')).includes('health')],
  ['a program that gets signals itself', (recipe) => wordsOf(find(recipe, 'ENTRYPOINT'))[0] === 'node'],
  ['a signal that it knows', (recipe) => contentOf(recipe, 'STOPSIGNAL') === 'SIGTERM'],
  ['a volume', (recipe) => contentOf(recipe, 'VOLUME') === '/data'],
  ['no secrets', (recipe) => !/(secret|password|token|apikey)\s*=/i.test(textOf(recipe))],
]

const isPinned = (image: string | null): boolean =>
  /^[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/.test(image ?? '')
const textOf = (recipe: Dockerfile): string =>
  recipe
    .getInstructions()
    .map((step) => `${step.getKeyword()} ${step.getArgumentsContent()}`)
    .join('\n')
const last = (recipe: Dockerfile) => stagesOf(recipe).at(-1)?.steps ?? []
const find = (recipe: Dockerfile, keyword: string) => last(recipe).findLast((step) => step.getKeyword() === keyword)
const contentOf = (recipe: Dockerfile, keyword: string): string => find(recipe, keyword)?.getArgumentsContent() ?? ''
const has = (recipe: Dockerfile, keyword: string): boolean =>
  recipe.getInstructions().some((step) => step.getKeyword() === keyword)
const runs = (recipe: Dockerfile): string[] =>
  recipe.getInstructions().flatMap((step) => (step.getKeyword() === 'RUN' ? (step.getArgumentsContent() ?? '') : []))
const copies = (recipe: Dockerfile): Copy[] => last(recipe).filter((step): step is Copy => step.getKeyword() === 'COPY')

/** So that a changed source does not install everything again. */
function packagesFirst(recipe: Dockerfile): boolean {
  const steps = recipe.getInstructions().map((step) => `${step.getKeyword()} ${argumentsOf(step).join(' ')}`)
  const [lock, install, all] = [/^COPY .*package-lock/, /^RUN npm ci/, /^COPY \. /].map((step) =>
    steps.findIndex((text) => step.test(text)),
  ) as [number, number, number]
  return lock >= 0 && lock < install && install < all
}

const broken = (text: string): string[] =>
  RULES.filter(([, holds]) => !holds(DockerfileParser.parse(text))).map(([rule]) => rule)

describe('the recipe of the image', () => {
  it('has nothing that Docker would warn of', () => {
    expect(validate(RECIPE).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([])
    expect(validate('FROM node\nMAINTAINER me\nEXPSE 1').length).toBeGreaterThan(1)
  })

  it('keeps every rule', () => {
    expect(broken(RECIPE)).toEqual([])
  })

  it.each([
    [/node:24[\w.-]+/, 'node:latest', 'every base image has an exact version'],
    [/node:24[\w.-]+/, 'node', 'every base image has an exact version'],
    [/COPY \. \./, 'ADD https://example.org/x.tar .', 'nothing comes from the net but packages'],
    [/COPY package/, 'COPY . .\nCOPY package', 'packages before sources'],
    [/ --ignore-scripts/, '', 'no install scripts of packages'],
    [/USER .*/, 'USER root', 'a numeric user that is not root'],
    [/USER .*/, '', 'a numeric user that is not root'],
    [/USER .*/, 'USER 0:0', 'a numeric user that is not root'],
    [/VOLUME .*/, 'RUN apt-get install -y curl', 'nothing is run in the last stage'],
    [/COPY --from=build \/src\/dist\/app/, 'COPY dist/app', 'the last stage takes from other stages alone'],
    [/HEALTHCHECK .*/, 'HEALTHCHECK NONE', 'a health check without a shell'],
    [/ENTRYPOINT .*/, 'ENTRYPOINT node /app/popup-cafe.cjs', 'a program that gets signals itself'],
    [/ENV /, 'ENV API_TOKEN=x ', 'no secrets'],
  ])('would be refused with %s as %j', (there, instead, rule) => {
    expect(RECIPE).toMatch(there)
    expect(broken(RECIPE.replace(there, instead))).toContain(rule)
  })

  it('is built of Node as the lock file has it', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    for (const { from } of stagesOf(DockerfileParser.parse(RECIPE)))
      expect(from.getImageTag()?.split('-')[0]).toBe(packages['node_modules/node'].version)
  })

  it('is given all that the build reads, and no data, no packages, no history', () => {
    const names = contextNames()
    const prepare = readFileSync(join(ROOT, '.scripts/prepare.mjs'), 'utf8')
    const inputs = /const INPUTS = \[([^\]]+)\]/.exec(prepare)?.[1]?.match(/[\w.-]+/g) ?? []
    expect(inputs.length).toBeGreaterThan(5)
    expect(names).toEqual(expect.arrayContaining([...inputs, 'package.json', '.scripts']))
    for (const name of ['node_modules', 'dist', '.data', '.git', 'test']) expect(names).not.toContain(name)
  })
})
