// A trace of 1,000,000 spans: opened to its first rows, then filtered, scrolled and folded. SPANS=n for another size.

import { tracesModule } from '../../src/main/traces/index.ts'
import { startTestEngine } from '../support/engine.ts'
import { addBigTrace, SPANS, TRACE } from './big-trace.ts'
import type { Measure } from './run.ts'

export async function main(): Promise<Measure[]> {
  await using t = await startTestEngine({ modules: [tracesModule], checkAnswers: false })
  await addBigTrace(t.stores)
  const measures: Measure[] = []
  const timed = async (name: string, atMost: number, run: () => Promise<unknown>) => {
    const start = performance.now()
    await run()
    measures.push({ name, value: performance.now() - start, unit: 'ms', target: { atMost } })
  }
  const rows = (request: object) => t.client.call('traces.waterfall', { traceId: TRACE, ...request })
  await timed(`open ${SPANS} spans to the first rows`, 2000, () => rows({}))
  await timed('header', 150, () => t.client.call('traces.header', { traceId: TRACE }))
  await timed('next window', 50, () => rows({ offset: SPANS >> 1 }))
  await timed('filter: errors', 150, () => rows({ onlyErrors: true }))
  await timed('filter: text', 150, () => rows({ find: '/items/77', onlyMatches: true }))
  await timed('filter: service', 150, () => rows({ service: 'service-3', onlyMatches: true }))
  await timed('fold to depth 3', 150, () => rows({ collapseDepth: 3 }))
  await timed('flame', 150, () => t.client.call('traces.flame', { traceId: TRACE }))
  return measures
}
