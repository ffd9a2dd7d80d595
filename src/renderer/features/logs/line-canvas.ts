// Lines of the list on a canvas, for as long as the list moves too fast for elements: the same things at the same places
// as line-row.ts has them.

import type { EpochNs } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { cellOf, textOf } from '../../lib/engine/index.ts'
import { fitted, type TextFonts } from '../../ui/canvas-text.ts'
import { formatTime } from '../../lib/zone.ts'
import { categoryColour, toneColour, toneOfLevel } from '../../theme/palette.ts'
import { token } from '../../theme/theme.ts'
import { SHAPES } from '../../ui/index.ts'
import { clipped, type Segment, segmentsOf } from './body-text.ts'
import { fieldText } from './field-text.ts'
import { FIELD_GAP, fieldsOf, type LineLook, PLACES, SERVICE_TEXT } from './line-row.ts'

/** More letters than this do not fit on any screen. */
const MOST = 600
/** px */
const SHAPE = 10
/** as Shape draws it: 12 px in its own units */
const shapes = new Map(
  Object.entries(SHAPES).map(([tone, path]) => {
    const small = new Path2D()
    small.addPath(new Path2D(path), new DOMMatrix().scale(SHAPE / 12))
    return [tone, small]
  }),
)

export interface ShownLine {
  readonly frame: Frame
  readonly row: number
  /** px from the canvas's top to the line's */
  readonly y: number
}

/** Column by column: changing the font and the colour for each text was half of what painting costs. */
export function drawLines(
  c: CanvasRenderingContext2D,
  lines: readonly ShownLine[],
  look: LineLook,
  fonts: TextFonts,
): void {
  c.font = fonts.name
  c.fillStyle = token('--n10')
  for (const { frame, row, y } of lines) {
    const time = cellOf(frame, 'time', row) as EpochNs | null
    if (time !== null) c.fillText(formatTime(time, look.zone, 'ms'), PLACES.time, y + fonts.baseline)
  }
  for (const { frame, row, y } of lines) drawLevel(c, textOf(frame, 'level', row), y + fonts.baseline)
  const services = lines.map(({ frame, row }) => textOf(frame, 'service', row))
  for (const [i, service] of services.entries()) {
    if (service === '') continue
    c.fillStyle = categoryColour(service)
    c.fillRect(PLACES.service, (lines[i] as ShownLine).y + fonts.baseline - 8, 8, 8)
  }
  c.fillStyle = token('--n12')
  for (const [i, service] of services.entries())
    if (service !== '')
      c.fillText(
        fitted(c, fonts.name, service, SERVICE_TEXT).text,
        PLACES.service + 14,
        (lines[i] as ShownLine).y + fonts.baseline,
      )
  c.font = fonts.text
  const letters = Math.max(1, Math.floor(look.field / look.letter))
  for (const [i, column] of look.columns.entries()) {
    const x = fieldsOf(look) + i * (look.field + FIELD_GAP)
    for (const { frame, row, y } of lines) {
      const value = fieldText(frame, row, column)
      const text = value === undefined ? '–' : cut(value, letters)
      write(c, text, x, y + fonts.baseline, token(value === undefined ? '--n9' : '--n12'))
    }
  }
  for (const { frame, row, y } of lines) drawText(c, textOf(frame, 'body', row), y + fonts.baseline, look)
}

function drawLevel(c: CanvasRenderingContext2D, level: string, line: number): void {
  const tone = toneOfLevel(level)
  const shape = shapes.get(tone)
  if (shape) {
    c.translate(PLACES.level, line - 9)
    c.fillStyle = toneColour(tone)
    c.fill(shape)
    c.translate(-PLACES.level, 9 - line)
  }
  const quiet = tone !== 'warning' && tone !== 'critical'
  write(c, level, PLACES.level + 15, line, quiet ? token('--n10') : toneColour(tone))
}

function drawText(c: CanvasRenderingContext2D, body: string, line: number, look: LineLook): void {
  const letters = Math.min(MOST, Math.max(1, Math.floor((look.width - look.body - PLACES.time) / look.letter)))
  const text = cut(body, letters)
  let x = look.body
  for (const segment of segmentsOf(text, clipped(look.highlight(text), text.length), true)) {
    const wide = widthOf(c, segment.text, look.letter)
    if (segment.kind === 'match') {
      c.globalAlpha = 0.32
      c.fillStyle = toneColour('warning')
      c.fillRect(x, line - 11, wide, 15)
      c.globalAlpha = 1
    }
    write(c, segment.text, x, line, token(colourOf(segment)))
    x += wide
    if (x > look.width) return
  }
}

const colourOf = (segment: Segment): '--n9' | '--n12' => (segment.kind === 'hidden' ? '--n9' : '--n12')

function write(c: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
  if (text === '') return
  c.fillStyle = colour
  c.fillText(text, x, y)
}

const PLAIN = /^[\x20-\x7e]*$/
const widthOf = (c: CanvasRenderingContext2D, text: string, letter: number): number =>
  PLAIN.test(text) ? text.length * letter : c.measureText(text).width

const cut = (text: string, letters: number): string => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text)
