/** One runner for all suites; `npm test` runs them one project after the other. */
import { defineConfig } from 'vitest/config'

const MINUTE = 60_000

/** Two files at a time, also where there are but two cores: they wait for sockets half of the time. */
const together = { maxWorkers: 2, sequence: { groupOrder: 0 } }
const patient = { testTimeout: MINUTE, hookTimeout: MINUTE }

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', root: 'test', include: ['unit/**/*.test.ts'], testTimeout: MINUTE, ...together } },
      {
        test: {
          name: 'net',
          root: 'test',
          include: ['net/**/*.test.ts', 'conformance/**/*.test.ts'],
          ...patient,
          ...together,
        },
      },
      {
        // What a cafe keeps, once more with the stores of Node below it: `CAFE_STORE=node` does the same to any suite.
        test: {
          name: 'net, stores of Node',
          root: 'test',
          include: ['session', 'pin', 'pin-keep', 'inbox', 'snapshot', 'card', 'link'].map(
            (name) => `net/${name}.test.ts`,
          ),
          env: { CAFE_STORE: 'node' },
          ...patient,
          ...together,
        },
      },
      {
        test: {
          name: 'e2e',
          root: 'test',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 2 * MINUTE,
          hookTimeout: MINUTE,
          // After the others: browsers share the cores with nothing but themselves.
          ...together,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
