// The tree of a trace: order, depth, self time, and what broken traces do to it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalPath } from './critical-path.ts'
import { buildTraceTree, FLAG, type SpanColumns, type TraceTree } from './trace-tree.ts'

interface TestSpan {
  id: number
  parent?: number
  start: number
  duration: number
  kind?: number
  service?: number
}

function columns(spans: readonly TestSpan[]): SpanColumns {
  return {
    count: spans.length,
    spanIds: BigUint64Array.from(spans, (s) => BigInt(s.id)),
    parentIds: BigUint64Array.from(spans, (s) => BigInt(s.parent ?? 0)),
    starts: Float64Array.from(spans, (s) => s.start),
    durations: Float64Array.from(spans, (s) => s.duration),
    kinds: Uint8Array.from(spans, (s) => s.kind ?? 1),
    services: Int32Array.from(spans, (s) => s.service ?? 0),
  }
}

const build = (spans: readonly TestSpan[]) => buildTraceTree(columns(spans))
const idsOf = (tree: TraceTree, spans: readonly TestSpan[]) => [...tree.index].map((i) => spans[i]?.id)
const flagged = (tree: TraceTree, spans: readonly TestSpan[], flag: number) =>
  idsOf(tree, spans).filter((_, row) => ((tree.flags[row] as number) & flag) !== 0)

describe('trace tree', () => {
  it('puts parents before children and siblings by start, then id', () => {
    const spans = [
      { id: 5, parent: 2, start: 30, duration: 5 },
      { id: 3, parent: 1, start: 50, duration: 10 },
      { id: 2, parent: 1, start: 10, duration: 30 },
      { id: 9, parent: 1, start: 50, duration: 1 },
      { id: 1, start: 0, duration: 100 },
    ]
    const tree = build(spans)
    expect(idsOf(tree, spans)).toEqual([1, 2, 5, 3, 9])
    expect([...tree.parent]).toEqual([-1, 0, 1, 0, 0])
    expect([...tree.depth]).toEqual([0, 1, 2, 1, 1])
    expect([...tree.children]).toEqual([3, 1, 0, 0, 0])
    expect([...tree.descendants]).toEqual([4, 1, 0, 0, 0])
    expect(tree.maxDepth).toBe(2)
  })

  it('takes the union of children off the self time, each clipped to its parent', () => {
    const tree = build([
      { id: 1, start: 0, duration: 100 },
      { id: 2, parent: 1, start: 10, duration: 30 },
      { id: 3, parent: 1, start: 20, duration: 40 },
      { id: 4, parent: 1, start: 90, duration: 50 },
    ])
    expect([...tree.self]).toEqual([40, 30, 40, 50])
  })

  it('keeps orphans after the real roots and counts them', () => {
    const spans = [
      { id: 7, parent: 99, start: 0, duration: 5 },
      { id: 1, start: 10, duration: 100 },
      { id: 8, parent: 7, start: 1, duration: 2 },
    ]
    const tree = build(spans)
    expect(idsOf(tree, spans)).toEqual([1, 7, 8])
    expect([tree.orphans, tree.root]).toEqual([1, 0])
    expect(flagged(tree, spans, FLAG.orphan)).toEqual([7])
  })

  it('cuts a ring of parents before its first span and keeps what hangs on it', () => {
    const spans = [
      { id: 1, start: 0, duration: 100 },
      { id: 2, parent: 4, start: 10, duration: 10 },
      { id: 3, parent: 2, start: 11, duration: 5 },
      { id: 4, parent: 3, start: 12, duration: 1 },
      { id: 5, parent: 4, start: 12, duration: 1 },
      { id: 6, parent: 6, start: 50, duration: 1 },
    ]
    const tree = build(spans)
    expect(idsOf(tree, spans)).toEqual([1, 2, 3, 4, 5, 6])
    expect(tree.cycles).toBe(2)
    expect(flagged(tree, spans, FLAG.cycle)).toEqual([2, 6])
  })

  it('hangs the server side of a shared id below its client side, with the children', () => {
    const spans = [
      { id: 1, start: 0, duration: 100 },
      { id: 2, parent: 1, start: 10, duration: 50, kind: 3 },
      { id: 2, parent: 1, start: 15, duration: 40, kind: 2, service: 1 },
      { id: 3, parent: 2, start: 20, duration: 10, service: 1 },
    ]
    const tree = build(spans)
    expect([...tree.depth]).toEqual([0, 1, 2, 3])
    expect([...tree.kind]).toEqual([1, 3, 2, 1])
    expect(tree.duplicates).toBe(1)
  })

  it('keeps a second copy of a span beside the first, without children', () => {
    const spans = [
      { id: 1, start: 0, duration: 100 },
      { id: 2, parent: 1, start: 10, duration: 50 },
      { id: 2, parent: 1, start: 10, duration: 50 },
      { id: 3, parent: 2, start: 20, duration: 10 },
    ]
    const tree = build(spans)
    expect([...tree.depth]).toEqual([0, 1, 2, 1])
    expect([...tree.self]).toEqual([50, 40, 10, 50])
    expect(tree.duplicates).toBe(1)
  })

  it('sees skew where only a wrong clock explains the times', () => {
    const us = 1000
    const spans = [
      { id: 1, start: 100 * us, duration: 100 * us, kind: 3 },
      { id: 2, parent: 1, start: 50 * us, duration: 60 * us, kind: 2 }, // began before it was called
      { id: 3, start: 300 * us, duration: 100 * us, kind: 3 },
      { id: 4, parent: 3, start: 350 * us, duration: 80 * us, kind: 2 }, // would fit, ends later
      { id: 5, start: 500 * us, duration: 10 * us, kind: 3 },
      { id: 6, parent: 5, start: 501 * us, duration: 90 * us, kind: 2 }, // the caller gave up
      { id: 7, parent: 5, start: 502 * us, duration: 90 * us, kind: 5 }, // asynchronous
    ]
    const tree = build(spans)
    expect(flagged(tree, spans, FLAG.skewed).sort()).toEqual([2, 4])
    expect(tree.skewed).toBe(2)
  })

  it('takes a trace without spans and a chain of 200,000 spans', () => {
    expect(build([])).toMatchObject({ count: 0, root: -1, maxDepth: 0 })
    const chain = Array.from({ length: 200_000 }, (_, i) => ({
      id: i + 1,
      parent: i,
      start: i,
      duration: 400_000 - i * 2,
    }))
    const tree = build(chain)
    expect(tree.maxDepth).toBe(199_999)
    expect(criticalPath(tree).exclusive.reduce((a, b) => a + b)).toBe(400_000)
  })

  const anySpans = fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: 25 }),
      parent: fc.integer({ min: 0, max: 30 }),
      start: fc.integer({ min: 0, max: 1000 }),
      duration: fc.integer({ min: 0, max: 1000 }),
      kind: fc.integer({ min: 0, max: 5 }),
      service: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 40 },
  )

  it('holds every span exactly once and is a tree, whatever the parents say', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = build(spans)
        expect([...tree.index].sort((a, b) => a - b)).toEqual(spans.map((_, i) => i))
        for (let r = 0; r < tree.count; r++) {
          const p = tree.parent[r] as number
          expect(p).toBeLessThan(r)
          expect(tree.depth[r]).toBe(p < 0 ? 0 : (tree.depth[p] as number) + 1)
          if (p >= 0) expect(r).toBeLessThanOrEqual(p + (tree.descendants[p] as number))
          expect(tree.self[r]).toBeGreaterThanOrEqual(0)
          expect(tree.self[r]).toBeLessThanOrEqual(tree.duration[r] as number)
        }
      }),
    )
  })

  it('has a critical path whose parts tile the root without gap or overlap', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = build(spans)
        const { parts, exclusive } = criticalPath(tree)
        if (tree.root < 0) return
        let edge = tree.start[tree.root] as number
        for (const part of parts) {
          expect(part.start).toBe(edge)
          edge = part.end
        }
        expect(edge).toBe((tree.start[tree.root] as number) + (tree.duration[tree.root] as number))
        expect(exclusive.reduce((a, b) => a + b, 0)).toBe(tree.duration[tree.root])
      }),
    )
  })
})

describe('critical path', () => {
  const exclusive = (spans: readonly TestSpan[]) => {
    const tree = build(spans)
    const path = criticalPath(tree)
    const out: Record<number, number> = {}
    tree.index.forEach((at, row) => {
      if (path.onPath[row]) out[spans[at]?.id as number] = path.exclusive[row] as number
    })
    return out
  }
  const root = { id: 1, start: 0, duration: 100 }

  it('goes through the child that ended last of those that ran side by side', () => {
    expect(
      exclusive([root, { id: 2, parent: 1, start: 10, duration: 60 }, { id: 3, parent: 1, start: 10, duration: 80 }]),
    ).toEqual({ 1: 20, 3: 80 })
  })

  it('goes through children that ran one after the other, and down into them', () => {
    expect(
      exclusive([
        root,
        { id: 2, parent: 1, start: 10, duration: 20 },
        { id: 3, parent: 1, start: 30, duration: 50 },
        { id: 4, parent: 3, start: 40, duration: 10 },
      ]),
    ).toEqual({ 1: 30, 2: 20, 3: 40, 4: 10 })
  })

  it('clips a child to its parent on both sides', () => {
    const spans = [
      { id: 1, start: 50, duration: 100 },
      { id: 2, parent: 1, start: 20, duration: 60 },
      { id: 3, parent: 1, start: 120, duration: 90 },
    ]
    expect(exclusive(spans)).toEqual({ 1: 40, 2: 30, 3: 30 })
  })

  it('takes an overlap below one per cent of the parent as skew, and counts its time once', () => {
    const spans = (start: number) => [
      { id: 1, start: 0, duration: 10_000 },
      { id: 2, parent: 1, start: 0, duration: 5000 },
      { id: 3, parent: 1, start, duration: 10_000 - start },
    ]
    expect(exclusive(spans(4950))).toEqual({ 1: 0, 2: 4950, 3: 5050 })
    expect(exclusive(spans(4900))).toEqual({ 1: 4900, 3: 5100 })
  })

  it('does not wait for the consumer of a message, but for a receive of the same service', () => {
    const produce = { id: 2, parent: 1, start: 10, duration: 80, kind: 4 }
    expect(exclusive([root, produce, { id: 3, parent: 2, start: 15, duration: 70, kind: 5, service: 1 }])).toEqual({
      1: 20,
      2: 80,
    })
    expect(exclusive([root, { id: 3, parent: 1, start: 10, duration: 70, kind: 5 }])).toEqual({ 1: 30, 3: 70 })
  })

  it('is exact to the nanosecond in a trace of a hundred days', () => {
    const days = 100 * 86_400e9
    expect(
      exclusive([
        { id: 1, start: 0, duration: days },
        { id: 2, parent: 1, start: 1, duration: days - 2 },
      ]),
    ).toEqual({ 1: 2, 2: days - 2 })
  })
})
