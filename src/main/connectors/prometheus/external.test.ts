// External labels out of a configuration, and nothing else of it.

import { expect, test } from 'vitest'
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
