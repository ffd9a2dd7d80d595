// Shapes and fonts that the canvases of a trace share.

import { formatQuantity, scaleFor } from '../../../lib/format.ts'
import { token } from '../../../theme/theme.ts'
import { ticksOf, type Zoom } from './zoom.ts'

export const canvasFont = (weight = 400): string => `${weight} 11px ${token('--font-mono')}`

/** The octagon that stands for an error everywhere. */
export function errorMark(c: CanvasRenderingContext2D, x: number, y: number, size = 8): void {
  const k = size / 12
  c.beginPath()
  for (const [i, [px, py]] of OCTAGON.entries()) {
    if (i === 0) c.moveTo(x + px * k, y + py * k)
    else c.lineTo(x + px * k, y + py * k)
  }
  c.closePath()
  c.fillStyle = token('--critical')
  c.fill()
  c.strokeStyle = token('--n1')
  c.lineWidth = 1
  c.stroke()
}
const OCTAGON = [
  [3.5, 0.8],
  [8.5, 0.8],
  [11.2, 3.5],
  [11.2, 8.5],
  [8.5, 11.2],
  [3.5, 11.2],
  [0.8, 8.5],
  [0.8, 3.5],
] as const

/** `+120 ms`: an instant after the trace's start, in the unit of the part shown. */
export function offsetLabel(ns: number, zoom: Zoom, step: number): string {
  const scale = scaleFor('ns', [zoom.to])
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / scale.size) - 1e-9)))
  return formatQuantity(ns, 'ns', { scale, decimals })
}

/** Where the ticks are and what they say, for a picture of that width. */
export function axisTicks(zoom: Zoom, width: number): Array<{ x: number; label: string }> {
  const { step, ticks } = ticksOf(zoom.from, zoom.to, Math.max(2, Math.floor(width / 96)))
  return ticks.map((at) => ({ x: Math.round(zoom.x(at, width)) + 0.5, label: offsetLabel(at, zoom, step) }))
}

/** Text that does not fit is cut with an ellipsis; '' when not even one letter fits. Width of a letter is fixed. */
export function fitted(text: string, width: number, letter: number): string {
  const room = Math.floor(width / letter)
  if (text.length <= room) return text
  return room < 2 ? '' : `${text.slice(0, room - 1)}…`
}
