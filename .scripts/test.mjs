/**
 * `npm test`: everything a fresh clone needs, then every suite, then one closing line that counts passed and failed.
 * Extra words are passed to the runner: `npm test -- unit` runs the files whose path has `unit` in it.
 * Exit code 0 only if all passed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ensureChromium } from './chromium.mjs'

const run = (command, args, env = {}) =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }).status ?? 1

function main() {
  const filters = process.argv.slice(2)
  const chromium = ensureChromium()
  const folder = mkdtempSync(join(tmpdir(), 'cafe-test-'))
  const report = join(folder, 'report.json')
  try {
    // Types and lint first: a tree that does not compile has no test results.
    const checked = filters.length > 0 || run('npm', ['run', '--silent', 'check']) === 0
    if (!checked) console.error('``npm run check` failed; its findings are above.')
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json']
    const status = run(process.execPath, [...args, `--outputFile=${report}`, ...filters], { CHROMIUM: chromium })
    const counts = count(report)
    const bad = counts.failed + (checked ? 0 : 1)
    if (counts.broken.length > 0) console.log(`\nFailed, in short:\n${counts.broken.join('\n')}`)
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped (each says why above)` : ''
    console.log(
      `\n${bad === 0 && status === 0 ? 'PASSED' : 'FAILED'}: ${counts.passed} passed, ${bad} failed${skipped}`,
    )
    return bad === 0 && status === 0 && counts.passed > 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Totals of the runner's report, and a line for each failure: the end of a long log is all that some will see of it. A
 * suite that could not even be loaded counts as a failure.
 */
function count(report) {
  try {
    const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const broken = testResults.flatMap((suite) => {
      const failed = suite.assertionResults.filter(({ status }) => status === 'failed')
      const lines = failed.map((test) => lineOf(suite.name, test.fullName, test.failureMessages.join(' ')))
      return suite.status === 'failed' && failed.length === 0 ? [lineOf(suite.name, 'the suite', suite.message)] : lines
    })
    return { passed: numPassedTests, failed: broken.length, skipped: numPendingTests, broken }
  } catch {
    // no report: the runner itself ended early
    return { passed: 0, failed: 1, skipped: 0, broken: [] }
  }
}

const lineOf = (file, test, why) =>
  `- ${relative('', file)}: ${test}: ${stripVTControlCharacters(why).replace(/\s+/g, ' ').slice(0, 300)}`

process.exit(main())
