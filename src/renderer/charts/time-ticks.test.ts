// Labels of a time axis: where they stand, and that ECharts draws exactly these.

import { LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { asEpochNs, fromMillis, type TimeRange, tryParseRfc3339 } from '../../shared/base/time.ts'
import { grid, timeAxis } from './axes.ts'
import { tickLabel, timeTicks } from './time-ticks.ts'

use([LineChart, GridComponent, SVGRenderer])

const rangeOf = (from: string, to: string): TimeRange => ({
  from: tryParseRfc3339(from) ?? expect.fail(from),
  to: tryParseRfc3339(to) ?? expect.fail(to),
})
const told = (range: TimeRange, zone: string, width: number): string[] =>
  timeTicks(range, zone, width).map((ms) => tickLabel(ms, range, zone))

/** The texts of the picture, from left to right. */
function drawn(range: TimeRange, width: number): string[] {
  // colours are asked of the document; ECharts itself draws without one
  vi.stubGlobal('document', { documentElement: {} })
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '' }))
  const xAxis = timeAxis(range, 'UTC', { width })
  vi.unstubAllGlobals()
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: 120 })
  chart.setOption({
    animation: false,
    grid: grid(),
    xAxis,
    yAxis: { type: 'value', show: false },
    series: [{ type: 'line', data: [] }],
  })
  const texts = [...chart.renderToSVGString().matchAll(/<text[^>]*>([^<]*)</g)].map((m) => m[1] ?? '')
  chart.dispose()
  return texts
}

const anyRange = (longestMs: number) =>
  fc
    .record({
      from: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
      length: fc.integer({ min: 1000, max: longestMs }),
    })
    .map(({ from, length }) => ({ from: fromMillis(from), to: fromMillis(from + length) }))
const anyZone = fc.constantFrom('UTC', 'Asia/Shanghai', 'Asia/Kathmandu', 'America/New_York')

test('both ends are labelled whatever the width and the length, and no two labels touch', () => {
  const any = fc.oneof(anyRange(10_000), anyRange(5_000_000), anyRange(400 * 86_400_000), anyRange(200_000_000_000))
  fc.assert(
    fc.property(any, anyZone, fc.integer({ min: 260, max: 2400 }), (range, zone, width) => {
      const ticks = timeTicks(range, zone, width)
      const [from, to] = [Number(range.from / 1_000_000n), Number(range.to / 1_000_000n)]
      expect([ticks[0], ticks.at(-1)]).toEqual([from, to])
      const place = (ms: number): number => ((ms - from) / (to - from)) * width
      let free = 0
      for (const [i, ms] of ticks.entries()) {
        const letters = tickLabel(ms, range, zone).length * 6.7
        const left = i === 0 ? 0 : i === ticks.length - 1 ? width - letters : place(ms) - letters / 2
        expect(left).toBeGreaterThanOrEqual(free)
        free = left + letters + 4
      }
    }),
  )
})

test('ECharts draws these labels and no others', () => {
  fc.assert(
    fc.property(anyRange(20_000_000), fc.integer({ min: 330, max: 1900 }), (range, width) => {
      expect(drawn(range, width)).toEqual(told(range, 'UTC', width - 68))
    }),
    { numRuns: 60 },
  )
})

test('between the ends stand round times of the zone', () => {
  const twoHours = rangeOf('2026-11-02T14:07:12Z', '2026-11-02T16:07:12Z')
  expect(told(twoHours, 'UTC', 900)).toEqual(['14:07', '14:30', '14:45', '15:00', '15:15', '15:30', '15:45', '16:07'])
  expect(told(twoHours, 'Asia/Kathmandu', 500)).toEqual(['19:52', '20:30', '21:00', '21:30', '21:52'])
  expect(told(rangeOf('2026-11-02T12:00:00.5Z', '2026-11-02T12:00:03.5Z'), 'UTC', 500)).toEqual([
    '12:00:00.500',
    '12:00:02.000',
    '12:00:03.500',
  ])
})

test('a day begins where its zone says, also when the clocks change', () => {
  const days = rangeOf('2026-10-31T20:00:00Z', '2026-11-03T10:00:00Z')
  expect(told(days, 'America/New_York', 560)).toEqual(['16:00', '11-01', '12:00', '11-02', '12:00', '05:00'])
})

test('years are told where the range has years, and a narrow picture keeps its start', () => {
  expect(told(rangeOf('1970-01-01T00:00:00Z', '2026-11-02T00:00:00Z'), 'UTC', 500)).toEqual([
    '1970-01-01',
    '1990-01-01',
    '2000-01-01',
    '2010-01-01',
    '2026-11-02',
  ])
  const short = rangeOf('2026-11-02T14:00:00Z', '2026-11-02T16:00:00Z')
  expect(told(short, 'UTC', 60)).toEqual(['14:00'])
  expect(timeTicks({ from: asEpochNs(5_000_000n), to: asEpochNs(5_000_000n) }, 'UTC', 500)).toEqual([5])
})
