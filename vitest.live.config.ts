// Live tests: real servers whose addresses are in the environment (WATCHDECK_LIVE_*). What is not there is skipped by name.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 45_000 } },
    maxWorkers: 1,
  },
})
