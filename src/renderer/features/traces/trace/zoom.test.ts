import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ticksOf, Zoom } from './zoom.ts'

describe('zoom', () => {
  it('never leaves the trace, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('set' as const),
        a: fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
        b: fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
      }),
      fc.record({
        kind: fc.constant('scale' as const),
        a: fc.double({ noNaN: true, min: 0.01, max: 100 }),
        b: fc.constant(0),
      }),
      fc.record({
        kind: fc.constant('pan' as const),
        a: fc.double({ noNaN: true, min: -5, max: 5 }),
        b: fc.constant(0),
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.array(step, { maxLength: 20 }), (length, steps) => {
        const zoom = new Zoom(length)
        for (const s of steps) {
          if (s.kind === 'set') zoom.set(s.a, s.b)
          else if (s.kind === 'scale') zoom.scale(s.a)
          else zoom.pan(s.a)
          expect(zoom.from).toBeGreaterThanOrEqual(0)
          expect(zoom.to).toBeLessThanOrEqual(length + 1e-3)
          expect(zoom.span).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('keeps what is under the pointer where it is', () => {
    const zoom = new Zoom(1000)
    zoom.scale(0.5, 250)
    expect([zoom.from, zoom.to]).toEqual([125, 625])
    expect(zoom.x(250, 800)).toBeCloseTo(200)
    expect(zoom.at(200, 800)).toBeCloseTo(250)
  })

  it('marks round instants', () => {
    expect(ticksOf(0, 1000, 5)).toEqual({ step: 200, ticks: [0, 200, 400, 600, 800, 1000] })
    expect(ticksOf(130, 480, 4)).toEqual({ step: 100, ticks: [200, 300, 400] })
  })
})
