// Prints, for every Jaeger-JSON file of a folder with the field `testing` (CRISP's own cases), whether our critical path
// equals the expected exclusive microseconds per "[service] operation". Usage: npm run truth:critical-path -- DIR
// Exit code 1 when a file differs or none was found.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { criticalPath } from '../src/shared/domain/critical-path.ts'
import { buildTraceTree } from '../src/shared/domain/trace-tree.ts'

const zFile = z.object({
  data: z.array(
    z.object({
      processes: z.record(z.string(), z.object({ serviceName: z.string() })),
      spans: z.array(
        z.object({
          spanID: z.string(),
          operationName: z.string(),
          references: z.array(z.object({ refType: z.string(), spanID: z.string() })).default([]),
          startTime: z.number(),
          duration: z.number(),
          processID: z.string(),
          tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
        }),
      ),
    }),
  ),
  testing: z.array(z.record(z.string(), z.number())).optional(),
})
type JaegerTrace = z.infer<typeof zFile>['data'][number]

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']

function exclusiveTimes(trace: JaegerTrace): Record<string, number> {
  const spans = trace.spans
  const numbers = new Map<string, bigint>()
  const idOf = (text: string) => {
    let id = numbers.get(text)
    if (id === undefined) numbers.set(text, (id = BigInt(numbers.size + 1)))
    return id
  }
  const services = [...new Set(Object.values(trace.processes).map((p) => p.serviceName))]
  const service = (span: (typeof spans)[number]) => trace.processes[span.processID]?.serviceName ?? ''
  const origin = spans.reduce((least, s) => Math.min(least, s.startTime), Infinity)
  const tree = buildTraceTree({
    count: spans.length,
    spanIds: BigUint64Array.from(spans, (s) => idOf(s.spanID)),
    parentIds: BigUint64Array.from(spans, (s) => {
      const parent = s.references.find((r) => r.refType === 'CHILD_OF')
      return parent ? idOf(parent.spanID) : 0n
    }),
    starts: Float64Array.from(spans, (s) => s.startTime - origin),
    durations: Float64Array.from(spans, (s) => s.duration),
    kinds: Uint8Array.from(spans, (s) =>
      Math.max(0, KINDS.indexOf(String(s.tags?.find((t) => t.key === 'span.kind')?.value))),
    ),
    services: Int32Array.from(spans, (s) => services.indexOf(service(s))),
  })
  const path = criticalPath(tree)
  const out: Record<string, number> = {}
  for (let row = 0; row < tree.count; row++) {
    const span = spans[tree.index[row] as number]
    if (!path.onPath[row] || !span) continue
    const name = `[${service(span)}] ${span.operationName}`
    out[name] = (out[name] ?? 0) + (path.exclusive[row] as number)
  }
  return out
}

const sorted = (times: Record<string, number>) =>
  JSON.stringify(Object.fromEntries(Object.entries(times).sort(([a], [b]) => (a < b ? -1 : 1))))

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Usage: npm run truth:critical-path -- DIR')
  process.exit(2)
}
let equal = 0
let checked = 0
for (const name of readdirSync(folder)
  .filter((n) => n.endsWith('.json'))
  .sort()) {
  const file = zFile.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))
  if (!file.testing) {
    console.log(`${name}: no field "testing"`)
    continue
  }
  const got = file.data.map(exclusiveTimes).map(sorted)
  const wanted = file.testing.map(sorted)
  const same = got.length === wanted.length && got.every((g, i) => g === wanted[i])
  checked++
  if (same) equal++
  console.log(
    same ? `${name}: equal ${got.join(' ')}` : `${name}: DIFFERENT got ${got.join(' ')} expected ${wanted.join(' ')}`,
  )
}
console.log(`${equal} of ${checked} equal`)
process.exitCode = checked > 0 && equal === checked ? 0 : 1
