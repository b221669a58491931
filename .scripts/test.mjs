/**
 * `npm test`: everything a fresh clone needs, then every suite, then one closing line that counts passed and failed.
 * Extra words are passed to the runner: `npm test -- unit` runs the files whose path has `unit` in it.
 * Exit code 0 only if all passed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped (each says why above)` : ''
    console.log(
      `\n${bad === 0 && status === 0 ? 'PASSED' : 'FAILED'}: ${counts.passed} passed, ${bad} failed${skipped}`,
    )
    return bad === 0 && status === 0 && counts.passed > 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Totals of the runner's report. A suite that could not even be loaded counts as a failure. */
function count(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const broken = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    )
    return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests }
  } catch {
    // no report: the runner itself ended early
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

process.exit(main())
