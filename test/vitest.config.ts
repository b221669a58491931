/** One runner for all suites; `npm test` runs them one project after the other. */
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', root: 'test', include: ['unit/**/*.test.ts'], testTimeout: MINUTE } },
      { test: { name: 'net', root: 'test', include: ['net/**/*.test.ts'], testTimeout: MINUTE, hookTimeout: MINUTE } },
      {
        test: {
          name: 'e2e',
          root: 'test',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 2 * MINUTE,
          hookTimeout: MINUTE,
          // Browsers share two cores: one file at a time.
          fileParallelism: false,
        },
      },
    ],
  },
})
