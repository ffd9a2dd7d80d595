// The overview page over the demo at ten times its size: figures per service, what changed, the map. DEMO_SCALE=n for another.

import { ALL_MODULES } from '../../src/main/modules.ts'
import { startTestEngine } from '../support/engine.ts'
import type { Measure } from './run.ts'

const SCALE = Number(process.env['DEMO_SCALE'] ?? 10)
const RUNS = 3

export async function main(): Promise<Measure[]> {
  await using t = await startTestEngine({ modules: ALL_MODULES, checkAnswers: false })
  const { from, to } = await t.client.call('demo.create', { seed: 1, scale: SCALE })
  const middle = new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString()
  const range = { from: middle, to }
  const compareTo = { from, to: middle }
  const measures: Measure[] = []
  for (const method of ['services.overview', 'services.changes', 'services.map'] as const) {
    let least = Infinity
    for (let i = 0; i < RUNS; i++) {
      const began = performance.now()
      await t.client.call(method, { range, compareTo })
      least = Math.min(least, performance.now() - began)
    }
    measures.push({
      name: `${method}, an hour against the one before, least of ${RUNS}`,
      value: least,
      unit: 'ms',
      target: { atMost: 2000 },
    })
  }
  return measures
}
