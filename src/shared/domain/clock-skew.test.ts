// Clocks brought together: cases that Jaeger's adjuster is known by, and what must hold for any trace.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustClocks } from './clock-skew.ts'
import { buildTraceTree, type TraceTree } from './trace-tree.ts'

interface TestSpan {
  id: number
  parent?: number
  start: number
  duration: number
  kind?: number | undefined
  host: number
  failed?: boolean
}
const US = 1000

/** Times in microseconds; answers per span in the order given. */
function adjust(spans: readonly TestSpan[]) {
  const tree = treeOf(spans)
  const byRow = (of: (span: TestSpan) => number) => Int32Array.from(tree.index, (at) => of(spans[at] as TestSpan))
  const { shift, clocks } = adjustClocks(
    tree,
    byRow((s) => s.host),
    (row) => spans[tree.index[row] as number]?.failed === true,
  )
  const starts = spans.map(() => 0)
  tree.index.forEach((at, row) => {
    starts[at] = ((tree.start[row] as number) + (shift[row] as number)) / US
  })
  return { starts, clocks, shift, tree }
}

function treeOf(spans: readonly TestSpan[]): TraceTree {
  return buildTraceTree({
    count: spans.length,
    spanIds: BigUint64Array.from(spans, (s) => BigInt(s.id)),
    parentIds: BigUint64Array.from(spans, (s) => BigInt(s.parent ?? 0)),
    starts: Float64Array.from(spans, (s) => s.start * US),
    durations: Float64Array.from(spans, (s) => s.duration * US),
    kinds: Uint8Array.from(spans, (s) => s.kind ?? 0),
    services: Int32Array.from(spans, (s) => s.host),
  })
}

describe('clock skew', () => {
  it.each<[string, TestSpan[], number[]]>([
    [
      'one host is left as it is',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 0, duration: 50, host: 1 },
      ],
      [10, 0],
    ],
    [
      'a child that fits is left as it is',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 20, duration: 50, host: 2 },
      ],
      [10, 20],
    ],
    [
      'a child too early is put into the middle',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 0, duration: 50, host: 2 },
      ],
      [10, 35],
    ],
    [
      'a child too late is put into the middle',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 90, duration: 50, host: 2 },
      ],
      [10, 35],
    ],
    [
      'a longer child only begins with its parent',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 0, duration: 150, host: 2 },
      ],
      [10, 10],
    ],
    [
      'a longer child that begins later stays',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 60, duration: 150, host: 2 },
      ],
      [10, 60],
    ],
    [
      'what a host does inside moves with it',
      [
        { id: 1, start: 10, duration: 100, host: 1 },
        { id: 2, parent: 1, start: 0, duration: 50, host: 2 },
        { id: 3, parent: 2, start: 5, duration: 20, host: 2, kind: 1 },
        { id: 4, parent: 3, start: 42, duration: 10, host: 3 },
      ],
      // the last one lies within its caller only once that has been moved
      [10, 35, 40, 42],
    ],
    [
      'a message may be read after its sender is done',
      [
        { id: 1, start: 10, duration: 20, host: 1, kind: 4 },
        { id: 2, parent: 1, start: 500, duration: 5, host: 2, kind: 5 },
      ],
      [10, 500],
    ],
    [
      'a message is not read before it is sent',
      [
        { id: 1, start: 100, duration: 20, host: 1, kind: 4 },
        { id: 2, parent: 1, start: 50, duration: 5, host: 2, kind: 5 },
      ],
      [100, 100],
    ],
    [
      'a server works on after its client gave up',
      [
        { id: 1, start: 0, duration: 100, host: 1, kind: 3, failed: true },
        { id: 2, parent: 1, start: 60, duration: 80, host: 2, kind: 2 },
      ],
      [0, 60],
    ],
  ])('%s', (_, spans, expected) => {
    expect(adjust(spans).starts).toEqual(expected)
  })

  it('moves a host by one amount and narrows it down by all of its calls', () => {
    const { starts, clocks } = adjust([
      { id: 1, start: 0, duration: 1000, host: 1 },
      { id: 2, parent: 1, start: 100, duration: 100, host: 1, kind: 3 },
      { id: 3, parent: 2, start: 1120, duration: 40, host: 2, kind: 2 }, // -1020 .. -960
      { id: 4, parent: 1, start: 300, duration: 100, host: 1, kind: 3 },
      { id: 5, parent: 4, start: 1310, duration: 80, host: 2, kind: 2 }, // -1010 .. -990
    ])
    expect(starts).toEqual([0, 100, 120, 300, 310])
    expect(clocks).toEqual([
      { clock: 2, shift: -1000 * US, least: -1000 * US, most: -1000 * US, error: 10 * US, calls: 2, spans: 2 },
    ])
  })

  it('moves each call alone where they contradict each other', () => {
    const { starts, clocks } = adjust([
      { id: 1, start: 0, duration: 1000, host: 1 },
      { id: 2, parent: 1, start: 100, duration: 100, host: 1, kind: 3 },
      { id: 3, parent: 2, start: 1120, duration: 40, host: 2, kind: 2 },
      { id: 4, parent: 1, start: 300, duration: 100, host: 1, kind: 3 },
      { id: 5, parent: 4, start: 5310, duration: 80, host: 2, kind: 2 },
    ])
    expect(starts).toEqual([0, 100, 130, 300, 310])
    expect(clocks).toMatchObject([{ clock: 2, least: -5000 * US, most: -990 * US, error: undefined, spans: 2 }])
  })

  const trace = fc
    .array(
      fc.record({
        parent: fc.nat(),
        offset: fc.integer({ min: 0, max: 400 }),
        share: fc.integer({ min: 1, max: 100 }),
        host: fc.nat(4),
      }),
      { maxLength: 40 },
    )
    .map((made) => {
      // true times: every call inside its caller, with its way there and back
      const spans: TestSpan[] = [{ id: 1, start: 10_000, duration: 8000, host: 0, kind: 2 }]
      for (const { parent, offset, share, host } of made) {
        const p = spans[parent % spans.length] as TestSpan
        const start = p.start + Math.floor((p.duration * offset) / 1000)
        const duration = Math.floor(((p.start + p.duration - start) * share) / 100)
        spans.push({ id: spans.length + 1, parent: p.id, start, duration, host, kind: host === p.host ? 1 : 2 })
      }
      // a client span before every call to another host
      return spans.map((s) => ({ ...s, kind: spans.some((c) => c.parent === s.id && c.host !== s.host) ? 3 : s.kind }))
    })
  const skews = fc.array(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 5, maxLength: 5 })

  it('leaves traces alone whose clocks agree', () => {
    fc.assert(
      fc.property(trace, (spans) => {
        const { shift, clocks } = adjust(spans)
        return clocks.length === 0 && shift.every((ns) => ns === 0)
      }),
    )
  })

  it('whatever the clocks: one amount per host, within its error of the truth; calls lie within their callers again', () => {
    fc.assert(
      fc.property(trace, skews, (spans, skew) => {
        const root = (spans[0] as TestSpan).host
        const off = spans.map((s) => ({ ...s, start: s.start + (s.host === root ? 0 : (skew[s.host] as number)) }))
        const { starts, clocks, shift, tree } = adjust(off)
        const byHost = new Map<number, number>()
        tree.index.forEach((at, row) => {
          const { host } = off[at] as TestSpan
          expect(byHost.get(host) ?? shift[row]).toBe(shift[row])
          byHost.set(host, shift[row] as number)
        })
        for (const { clock, error, shift: by, least, most } of clocks) {
          expect([least, most, clock === root]).toEqual([most, least, false])
          if (error !== undefined) expect(Math.abs(by + (skew[clock] as number) * US)).toBeLessThanOrEqual(error + 1)
        }
        for (const span of off) {
          const parent = off.find((p) => p.id === span.parent)
          if (!parent) continue
          const [a, b] = [starts[off.indexOf(parent)] as number, starts[off.indexOf(span)] as number]
          // a microsecond is no skew, and it adds up along a chain
          const slack = 5
          expect(b).toBeGreaterThanOrEqual(a - slack)
        }
      }),
    )
  })
})
