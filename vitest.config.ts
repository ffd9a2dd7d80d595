// Unit, property, conformance and security tests; end-to-end stories are Playwright's.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    setupFiles: ['test/support/property-seed.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    exclude: ['node_modules', 'out', 'test/e2e/**', 'test/live/**'],
    // a limit for what hangs, not for what is slow on a busy machine
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // the same for what is waited for
    expect: { poll: { timeout: 45_000 } },
    maxWorkers: 2,
  },
})
