// What the PromQL editor completes with, asked of the engine instead of a Prometheus server.

import type { PrometheusClient } from '@prometheus-io/codemirror-promql'
import { engine } from './context.ts'
import { rowsOf } from './frames.ts'

async function labelsOf(input: { metric?: string; label?: string }): Promise<string[]> {
  const { table } = await engine().call('metrics.labels', { ...input, limit: 1000 })
  return rowsOf(table).map((row) => String(row['value']))
}

export const engineMetrics: PrometheusClient = {
  labelNames: (metric) => labelsOf(metric === undefined ? {} : { metric }),
  labelValues: (label, metric) => labelsOf(metric === undefined ? { label } : { label, metric }),
  async metricNames(prefix) {
    const { table } = await engine().call('metrics.search', { limit: 5000, ...(prefix ? { text: prefix } : {}) })
    return rowsOf(table).map((row) => String(row['name']))
  },
  async metricMetadata() {
    const { table } = await engine().call('metrics.search', { limit: 5000 })
    return Object.fromEntries(
      rowsOf(table).map((row) => [
        String(row['name']),
        [{ type: String(row['type'] ?? ''), help: String(row['help'] ?? '') }],
      ]),
    )
  },
  async series(metric) {
    const names = await labelsOf({ metric })
    return [new Map(names.map((name) => [name, '']))]
  },
  flags: async () => ({}),
}
