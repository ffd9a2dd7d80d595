// Stories in the browser against real servers (npm run test:live names what is left out for want of one).

import base from './playwright.config.ts'

const needed = {
  'alerts.spec.ts': ['WATCHDECK_LIVE_ALERTMANAGER'],
  'rules.spec.ts': ['WATCHDECK_LIVE_PROMETHEUS'],
  'sources.spec.ts': ['WATCHDECK_LIVE_PROMETHEUS'],
  'traces.spec.ts': ['WATCHDECK_LIVE_JAEGER', 'WATCHDECK_LIVE_JAEGER_OTLP_HTTP', 'WATCHDECK_LIVE_ZIPKIN'],
}

export default {
  ...base,
  testDir: 'test/live/stories',
  testIgnore: Object.entries(needed).flatMap(([file, names]) =>
    names.every((name) => process.env[name]) ? [] : [`**/${file}`],
  ),
}
