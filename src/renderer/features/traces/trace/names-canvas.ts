// One span's name on a canvas, for as long as the waterfall moves too fast for elements: the same things at the same places
// as name-row.ts has them.

import { formatCount } from '../../../lib/format.ts'
import { categoryColour } from '../../../theme/palette.ts'
import { token } from '../../../theme/theme.ts'
import { errorMark } from './canvas-marks.ts'
import type { Line } from './lines.ts'
import { indentOf, type NameLook } from './name-row.ts'

export function drawName(
  c: CanvasRenderingContext2D,
  y: number,
  rowHeight: number,
  line: Line | undefined,
  look: NameLook,
): void {
  if (!line) return
  const middle = y + Math.round(rowHeight / 2) + 1
  if (line.row === look.selected) {
    c.fillStyle = token('--accent-ground')
    c.fillRect(0, y, look.width, rowHeight)
  }
  c.globalAlpha = look.searching && !line.matches ? 0.45 : 1
  let x = indentOf(line) + 4
  if (line.children > 0) chevron(c, x + 8, middle, line.collapsed)
  x += 22
  c.fillStyle = categoryColour(line.service)
  c.fillRect(x, middle - 7, 3, 14)
  x += 9
  if (line.status === 'error') {
    errorMark(c, x, middle - 5, 10)
    x += 16
  }
  c.font = look.font
  c.textBaseline = 'middle'
  x = write(c, line.service, x, middle, '--n11', look.font) + 6
  x = write(c, line.operation, x, middle, '--n12', look.font) + 6
  if (line.collapsed) write(c, `+${formatCount(line.descendants)}`, x, middle, '--n10', look.font)
  c.globalAlpha = 1
}

function write(
  c: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: '--n10' | '--n11' | '--n12',
  font: string,
): number {
  c.fillStyle = token(colour)
  c.fillText(text, x, y)
  return x + widthOf(c, text, font)
}

const widths = new Map<string, number>()
let measuredIn = ''
/** Names repeat, and all have one font. */
function widthOf(c: CanvasRenderingContext2D, text: string, font: string): number {
  if (font !== measuredIn) {
    measuredIn = font
    widths.clear()
  }
  let width = widths.get(text)
  if (width === undefined) {
    if (widths.size > 5000) widths.clear()
    widths.set(text, (width = c.measureText(text).width))
  }
  return width
}

function chevron(c: CanvasRenderingContext2D, x: number, y: number, collapsed: boolean): void {
  c.strokeStyle = token('--n10')
  c.lineWidth = 1
  c.beginPath()
  if (collapsed) {
    c.moveTo(x - 1.5, y - 3)
    c.lineTo(x + 1.5, y)
    c.lineTo(x - 1.5, y + 3)
  } else {
    c.moveTo(x - 3, y - 1.5)
    c.lineTo(x, y + 1.5)
    c.lineTo(x + 3, y - 1.5)
  }
  c.stroke()
}
