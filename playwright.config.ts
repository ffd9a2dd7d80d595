// End-to-end stories: the built program in a real Chromium through the browser shell.

import { defineConfig } from '@playwright/test'

const browser = process.env['CHROME_PATH'] ?? (process.platform === 'linux' ? '/usr/bin/chromium' : undefined)

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser }),
      // Chromium's own sandbox needs rights that root in a container does not give it
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
})
