// Very many lines as one series of ECharts: axes, marks and dots stay its own, the lines are one image (many-lines.ts).

import { type TimeRange, toMillis } from '../../shared/base/time.ts'
import { extentOf, paintLines, paintStack, type Plane } from './many-lines.ts'
import type { Series } from './series.ts'
import { extentOfStack, type Stack, stackOf } from './stacks.ts'

export interface Many {
  readonly series: readonly Series[]
  readonly colour: (index: number) => string
  readonly range: TimeRange
  readonly log: boolean
  readonly stacked: boolean
  readonly stepNs: bigint | undefined
  readonly leastNs: bigint
  /** CSS pixels */
  readonly thickness: number
}

interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
interface Place {
  readonly coordSys: Area
  readonly dataIndex: number
}
interface Coordinates {
  coord(point: [number, number]): number[]
}

/** @returns undefined where no line has a value that can be drawn */
export function manySeries(many: Many): object | undefined {
  const { series, range, log } = many
  const stack = many.stacked ? stackOf(series) : undefined
  const extent = stack ? extentOfStack(stack) : extentOf(series, log)
  if (!extent) return undefined
  const [low, high] = extent
  let drawn: { key: string; image: HTMLCanvasElement } | undefined
  return {
    type: 'custom' as const,
    id: 'many',
    silent: true,
    clip: true,
    // the axis is made for these two; the image is drawn with the first
    data: [
      [toMillis(range.from), low],
      [toMillis(range.to), high],
    ],
    renderItem: ({ coordSys: area, dataIndex }: Place, { coord }: Coordinates) => {
      if (dataIndex > 0) return undefined
      // one value has no height of its own: it stands where the axis puts it
      const [bottom = 0, top = 0] = [low, high].map((value) => coord([toMillis(range.from), value])[1])
      const key = [area.width, area.height, bottom - area.y, top - area.y].join()
      if (drawn?.key !== key) drawn = { key, image: imageOf(many, stack, area, { low, high, bottom, top }) }
      return { type: 'image', silent: true, style: { image: drawn.image, ...rectangle(area) } }
    },
  }
}

const rectangle = ({ x, y, width, height }: Area): Area => ({ x, y, width, height })

function imageOf(
  many: Many,
  stack: Stack | undefined,
  area: Area,
  at: { low: number; high: number; bottom: number; top: number },
) {
  const { series, range, log, stepNs, leastNs } = many
  const ratio = window.devicePixelRatio || 1
  const image = document.createElement('canvas')
  image.width = Math.max(1, Math.round(area.width * ratio))
  image.height = Math.max(1, Math.round(area.height * ratio))
  const context = image.getContext('2d')
  if (!context) throw new Error('this browser gives no 2d canvas')
  const rgb = rgbReader()
  const lines = series.map(({ points, faint = false }, i) => ({ points, faint, colour: rgb(many.colour(i)) }))
  const plane: Plane = {
    width: image.width,
    height: image.height,
    from: range.from,
    to: range.to,
    log,
    thickness: many.thickness * ratio,
    stepNs,
    leastNs,
    low: at.low,
    high: at.high,
    lowAt: (at.bottom - area.y) * ratio,
    highAt: (at.top - area.y) * ratio,
  }
  const pixels = stack ? paintStack(lines, stack, plane) : paintLines(lines, plane)
  context.putImageData(new ImageData(pixels, image.width, image.height), 0, 0)
  return image
}

/** Any CSS colour as numbers: the browser paints one pixel with it. */
function rgbReader(): (colour: string) => [number, number, number] {
  const known = new Map<string, [number, number, number]>()
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  })
  return (colour) => {
    const before = known.get(colour)
    if (before) return before
    if (context) context.fillStyle = colour
    context?.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? []
    known.set(colour, [red, green, blue])
    return [red, green, blue]
  }
}
