// Very many lines as one image: a canvas strokes a thousand lines of 700 points in three seconds, this paints them in a fraction
// of a tenth. For each column of pixels a line covers one span, from its lowest to its highest point there; spans are filled with
// soft ends. Pure: numbers in, pixels out; tested without a screen.

import type { Points } from '../../shared/contract/metrics.ts'
import { gapRule, type GapRule, sameTimes } from './series.ts'
import type { Stack } from './stacks.ts'

/** More lines than these are painted as one image. */
export const MANY = 100

export interface ManyLine {
  readonly points: Points
  /** red, green, blue: 0..255 */
  readonly colour: readonly [number, number, number]
  /** dashed and lighter */
  readonly faint: boolean
}

export interface Plane {
  /** device pixels */
  readonly width: number
  readonly height: number
  /** epoch ns of the left and the right edge */
  readonly from: bigint
  readonly to: bigint
  /** two values and where they stand, in pixels from the top; the same where all values are one */
  readonly low: number
  readonly high: number
  readonly lowAt: number
  readonly highAt: number
  readonly log: boolean
  /** width of a line, device pixels */
  readonly thickness: number
  /** distance of points where the query has a step, and the least that can be seen (series.ts) */
  readonly stepNs: bigint | undefined
  readonly leastNs: bigint
}

/** Where the instants of a series stand, and before which there is a hole: series of one answer mostly share them. */
interface Grid {
  readonly times: BigInt64Array
  readonly xs: Float64Array
  readonly breaks: Uint8Array
}

const DASH = { on: 5, of: 8 }
const FAINT = 0.7
/** of an area, of 256 */
const AREA = 90

/** @returns RGBA, row by row from the top, not premultiplied: as ImageData takes it */
export function paintLines(lines: readonly ManyLine[], plane: Plane): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(plane.width * plane.height)
  const spans = new Spans(plane.width)
  let grid: Grid | undefined
  for (const line of lines) {
    if (!grid || !sameTimes(grid.times, line.points.times)) grid = gridOf(line.points.times, plane)
    spans.clear()
    trace(line.points.values, grid, plane, spans)
    fill(pixels, plane, spans, line)
  }
  // every machine that runs this keeps the lowest byte first
  return new Uint8ClampedArray(pixels.buffer)
}

/** The lines of a stack, each with the area between it and the one below it. */
export function paintStack(
  lines: ReadonlyArray<Pick<ManyLine, 'colour' | 'faint'>>,
  { times, layers }: Stack,
  plane: Plane,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(plane.width * plane.height)
  const grid = gridOf(times, plane)
  const [over, under] = [new Spans(plane.width), new Spans(plane.width)]
  lines.forEach(({ colour, faint }, i) => {
    const layer = layers[i]
    if (!layer) return
    over.clear()
    trace(layer.upTo, grid, plane, over)
    if (!faint) {
      under.clear()
      trace(layer.below, grid, plane, under)
      fillBetween(pixels, plane, over, under, wordOf(colour))
    }
    fill(pixels, plane, over, { colour, faint })
  })
  return new Uint8ClampedArray(pixels.buffer)
}

/** What a picture can show of the series, without a pair for each point: see `drawable`. */
export function shownOf({ values }: Points, log: boolean): { drawn: number; left: number } {
  let [drawn, left] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    if (log && value <= 0) left++
    else drawn++
  }
  return { drawn, left }
}

/** Lowest and highest of what is drawn; undefined where nothing is. */
export function extentOf(
  series: ReadonlyArray<{ readonly points: Points }>,
  log: boolean,
): [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { points } of series) {
    const { values } = points
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      if (!Number.isFinite(value) || (log && value <= 0)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low > high ? undefined : [low, high]
}

/** For each column of pixels what the line covers of it, in pixels from the top. */
class Spans {
  readonly top: Float64Array
  readonly bottom: Float64Array
  first = 0
  last = -1
  readonly width: number

  constructor(width: number) {
    this.width = width
    this.top = new Float64Array(width)
    this.bottom = new Float64Array(width)
    this.clear()
  }
  clear(): void {
    this.top.fill(Number.POSITIVE_INFINITY)
    this.bottom.fill(Number.NEGATIVE_INFINITY)
    this.first = this.width
    this.last = -1
  }
  cover(column: number, y: number): void {
    if (column < 0 || column >= this.width) return
    if (y < (this.top[column] as number)) this.top[column] = y
    if (y > (this.bottom[column] as number)) this.bottom[column] = y
    if (column < this.first) this.first = column
    if (column > this.last) this.last = column
  }
  /** A straight piece, left to right. */
  piece(x0: number, y0: number, x1: number, y1: number): void {
    const [a, b] = [Math.floor(x0), Math.floor(x1)]
    this.cover(a, y0)
    this.cover(b, y1)
    if (a === b) return
    const slope = (y1 - y0) / (x1 - x0)
    const end = Math.min(b, this.width)
    for (let edge = Math.max(a + 1, 0); edge <= end; edge++) {
      // both columns at an edge reach as far as it
      const y = y0 + (edge - x0) * slope
      this.cover(edge - 1, y)
      if (edge < b || x1 > edge) this.cover(edge, y)
    }
  }
}

function trace(values: Float64Array, { xs, breaks }: Grid, plane: Plane, spans: Spans): void {
  const { lowAt, log, thickness } = plane
  const scale = (value: number): number => (log ? Math.log10(value) : value)
  const [low, high] = [scale(plane.low), scale(plane.high)]
  const perUnit = high > low ? (lowAt - plane.highAt) / (high - low) : 0
  let [beforeX, beforeY] = [Number.NaN, Number.NaN]
  for (let i = 0; i < xs.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value) || (log && value <= 0)) {
      beforeX = Number.NaN
      continue
    }
    const x = xs[i] as number
    const y = lowAt - (scale(value) - low) * perUnit
    if (breaks[i] === 1) beforeX = Number.NaN
    if (!Number.isNaN(beforeX)) spans.piece(beforeX, beforeY, x, y)
    else if (standsAlone(values, breaks, i, log)) {
      // a point between two holes has no line to be seen by: a dot
      for (let column = Math.floor(x - thickness); column <= Math.floor(x + thickness); column++) {
        spans.cover(column, y - thickness / 2)
        spans.cover(column, y + thickness / 2)
      }
    }
    beforeX = x
    beforeY = y
  }
}

function standsAlone(values: Float64Array, breaks: Uint8Array, i: number, log: boolean): boolean {
  const next = values[i + 1]
  return next === undefined || !Number.isFinite(next) || (log && next <= 0) || breaks[i + 1] === 1
}

function fill(
  pixels: Uint32Array,
  { width, height, thickness }: Plane,
  spans: Spans,
  line: Pick<ManyLine, 'colour' | 'faint'>,
): void {
  const strength = line.faint ? FAINT : 1
  const colour = wordOf(line.colour)
  for (let column = spans.first; column <= spans.last; column++) {
    if (line.faint && column % DASH.of >= DASH.on) continue
    const top = Math.max(0, (spans.top[column] as number) - thickness / 2)
    const bottom = Math.min(height, (spans.bottom[column] as number) + thickness / 2)
    if (!(bottom > top)) continue
    const [first, last] = [Math.floor(top), Math.min(height - 1, Math.ceil(bottom) - 1)]
    for (let row = first; row <= last; row++) {
      const cover = (Math.min(row + 1, bottom) - Math.max(row, top)) * strength
      const at = row * width + column
      if (cover >= 1) pixels[at] = colour
      else pixels[at] = mixed(pixels[at] as number, colour, Math.round(cover * 256))
    }
  }
}

function fillBetween(pixels: Uint32Array, { width, height }: Plane, over: Spans, under: Spans, colour: number): void {
  for (let column = over.first; column <= over.last; column++) {
    const [a, b] = [over.bottom[column] as number, under.bottom[column] as number]
    if (a === Number.NEGATIVE_INFINITY) continue
    // on a logarithmic axis zero is nowhere: down to the foot of the picture
    const foot = b === Number.NEGATIVE_INFINITY ? height : b
    const [first, last] = [Math.max(0, Math.round(Math.min(a, foot))), Math.min(height, Math.round(Math.max(a, foot)))]
    for (let row = first; row < last; row++) {
      const at = row * width + column
      pixels[at] = mixed(pixels[at] as number, colour, AREA)
    }
  }
}

/** RGBA as one number, red lowest. */
const wordOf = ([red, green, blue]: readonly [number, number, number]): number =>
  (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0

/** `share` (of 256) of an opaque colour over what is there. */
function mixed(under: number, over: number, share: number): number {
  const alpha = under >>> 24
  if (alpha === 0) return ((over & 0xffffff) | (Math.min(255, share) << 24)) >>> 0
  if (alpha === 255) {
    // red and blue in one go: there is room between them
    const rest = 256 - share
    const redBlue = (((over & 0xff00ff) * share + (under & 0xff00ff) * rest) / 256) & 0xff00ff
    const green = ((((over >>> 8) & 0xff) * share + ((under >>> 8) & 0xff) * rest) >>> 8) << 8
    return (redBlue | green | 0xff000000) >>> 0
  }
  const rest = (alpha / 255) * (1 - share / 256)
  const all = share / 256 + rest
  const part = (shift: number): number =>
    Math.round((((over >>> shift) & 0xff) * (share / 256) + ((under >>> shift) & 0xff) * rest) / all) << shift
  return (part(0) | part(8) | part(16) | (Math.round(all * 255) << 24)) >>> 0
}

function gridOf(times: BigInt64Array, plane: Plane): Grid {
  const rule: GapRule = gapRule(times, plane.stepNs, plane.leastNs)
  const perNs = plane.width / Number(plane.to - plane.from)
  const xs = new Float64Array(times.length)
  const breaks = new Uint8Array(times.length)
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as bigint
    xs[i] = Number(at - plane.from) * perNs
    if (i > 0 && rule.limit > 0n && at - (times[i - 1] as bigint) > rule.limit) breaks[i] = 1
  }
  return { times, xs, breaks }
}
