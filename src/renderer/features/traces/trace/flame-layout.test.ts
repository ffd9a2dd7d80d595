import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FlameBox, flameLanes } from './flame-layout.ts'

const box = (depth: number, offset: number, duration: number): FlameBox => ({
  spanId: `${depth}/${offset}`,
  depth,
  service: 's',
  operation: 'o',
  offset,
  duration,
  status: 'ok',
  critical: false,
})

describe('lanes of the flame chart', () => {
  it('puts children under their parent and siblings that follow each other side by side', () => {
    expect([...flameLanes([box(0, 0, 100), box(1, 0, 40), box(2, 5, 10), box(1, 40, 60)]).lanes]).toEqual([0, 1, 2, 1])
  })

  it('gives siblings that run at once lanes of their own', () => {
    expect([...flameLanes([box(0, 0, 100), box(1, 0, 60), box(1, 10, 60), box(1, 20, 60)]).lanes]).toEqual([0, 1, 2, 3])
  })

  it('never lets two boxes overlap', () => {
    const boxes = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat(200), fc.nat(60)), { maxLength: 60 })
    fc.assert(
      fc.property(boxes, (raw) => {
        let depth = -1
        const all = raw.map(([d, offset, duration]) => {
          depth = Math.min(d, depth + 1)
          return box(depth, offset, duration)
        })
        const { lanes } = flameLanes(all)
        for (let i = 0; i < all.length; i++)
          for (let k = 0; k < i; k++) {
            if (lanes[i] !== lanes[k]) continue
            const [a, b] = [all[i] as FlameBox, all[k] as FlameBox]
            const apart =
              a.offset >= b.offset + Math.max(1, b.duration) || b.offset >= a.offset + Math.max(1, a.duration)
            expect(apart).toBe(true)
          }
      }),
    )
  })
})
