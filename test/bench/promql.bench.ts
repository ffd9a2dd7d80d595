// 1,000 series x 1,000 steps over samples every 15 s, evaluated from memory. The target is 0.8 s for rate(x[5m]).

import { evaluatePromQL } from '../../src/shared/promql/evaluate.ts'
import { Labels, METRIC_NAME } from '../../src/shared/promql/labels.ts'
import { floatSeries } from '../../src/shared/promql/source.ts'
import type { Measure } from './run.ts'

const SAMPLES = 1020
const STEP_MS = 15_000
const QUERIES = [
  'rate(x_total[5m])',
  'sum by (service) (rate(x_total[5m]))',
  'max_over_time(x_total[5m])',
  'topk(5, x_total)',
  'x_total / on(pod) x_total',
]

export async function main(): Promise<Measure[]> {
  const all = Array.from({ length: 1000 }, (_, n) => {
    const times = Float64Array.from({ length: SAMPLES }, (_, i) => i * STEP_MS)
    let value = 0
    const values = Float64Array.from({ length: SAMPLES }, (_, i) => {
      value = i % 400 === 399 ? 0 : value + ((i * 7 + n) % 13)
      return value
    })
    return floatSeries(
      Labels.of([
        [METRIC_NAME, 'x_total'],
        ['pod', `p${n}`],
        ['service', `s${n % 20}`],
      ]),
      times,
      values,
    )
  })
  const options = { source: { select: async () => all }, start: 300_000, end: 300_000 + 999 * STEP_MS, step: STEP_MS }
  const measures: Measure[] = []
  for (const query of QUERIES) {
    await evaluatePromQL(query, options)
    const began = performance.now()
    await evaluatePromQL(query, options)
    const seconds = (performance.now() - began) / 1000
    measures.push({
      name: `promql ${query}`,
      value: seconds,
      unit: 's',
      ...(query.startsWith('rate') ? { target: { atMost: 0.8 } } : {}),
    })
  }
  return measures
}
