// External labels out of a configuration, and nothing else of it.

import { expect, test } from 'vitest'
import { openedRules } from '../../../../test/support/rule-server.ts'
import { externalLabelsIn } from './external.ts'

/** As Prometheus 3.16 writes it, cut. */
const config = (alerting: string) => `global:
  scrape_interval: 5s
  external_labels:
    cluster: eu
    replica: "0"
  metric_name_validation_scheme: utf8
runtime:
  gogc: 75
alerting:
${alerting}  alertmanagers:
  - follow_redirects: true
    basic_auth:
      username: am
      password: <secret>
    static_configs:
    - targets:
      - 127.0.0.1:9093
rule_files:
- rules.yml
scrape_configs:
- job_name: prometheus
  static_configs:
  - targets: ["{{ not yaml"
`
const relabelled = (rule: string) => externalLabelsIn(config(`  alert_relabel_configs:\n  - ${rule}\n`)).ofAlerts

test('the labels are texts; no other part is parsed', () => {
  const all = { cluster: 'eu', replica: '0' }
  expect(externalLabelsIn(config(''))).toEqual({ all, ofAlerts: all })
})

test('a label that relabelling may write says nothing of alerts; one that it drops may be missing', () => {
  expect(relabelled('target_label: replica\n    replacement: x\n    action: replace')).toEqual({ cluster: 'eu' })
  expect(relabelled('regex: replica\n    action: labeldrop')).toEqual({ cluster: 'eu', replica: '0' })
  expect(relabelled('target_label: $1\n    action: replace')).toEqual({})
  expect(relabelled('regex: meta_(.+)\n    action: labelmap')).toEqual({})
})

test('one without labels has none, and one that cannot be read says so without repeating it', () => {
  expect(externalLabelsIn('global:\n  scrape_interval: 5s\n')).toEqual({ all: {}, ofAlerts: {} })
  expect(externalLabelsIn('')).toEqual({ all: {}, ofAlerts: {} })
  expect(() => externalLabelsIn('global:\n  password: [hunter2\n')).toThrow(
    'The configuration of this server could not be read.',
  )
})

const BROKEN = '{"status":"success","data":{"yaml":"password: hunter2'
test.each([`${BROKEN}"}} x`, `${BROKEN}\\q"}}`, `${BROKEN}" x}}`, BROKEN])(
  'a configuration that was broken on the way is said to be, and nothing of it: %s',
  async (body) => {
    await using o = await openedRules()
    o.rules.config = { status: 200, type: 'application/json', body }
    const { rows } = await o.list()
    expect(rows).toHaveLength(1)
    const { completeness } = await o.t.client.call('metrics.server', {})
    const { sources } = await o.t.client.call('sources.health', {})
    const told = [completeness.missing.map(({ reason }) => reason), sources[0]?.lastError?.message].flat()
    for (const message of told) expect(message).toMatch(/^What came is not an answer of Prometheus/)
    expect(told).toHaveLength(2)
    expect(JSON.stringify([told, sources, o.t.logLines])).not.toContain('hunter2')
  },
)
