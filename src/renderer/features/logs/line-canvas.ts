// One line of the list on a canvas, for as long as the list moves too fast for elements: the same things at the same places
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
const shapes = new Map(Object.entries(SHAPES).map(([tone, path]) => [tone, new Path2D(path)]))

export function drawLine(
  c: CanvasRenderingContext2D,
  y: number,
  at: { frame: Frame; row: number } | undefined,
  look: LineLook,
  fonts: TextFonts,
): void {
  if (!at) return
  const { frame, row } = at
  const line = y + fonts.baseline
  const time = cellOf(frame, 'time', row) as EpochNs | null
  c.font = fonts.name
  if (time !== null) write(c, formatTime(time, look.zone, 'ms'), PLACES.time, line, token('--n10'))
  const level = textOf(frame, 'level', row)
  const tone = toneOfLevel(level)
  const quiet = tone !== 'warning' && tone !== 'critical'
  const shape = shapes.get(tone)
  if (shape) {
    c.save()
    c.translate(PLACES.level, line - 9)
    c.scale(10 / 12, 10 / 12)
    c.fillStyle = toneColour(tone)
    c.fill(shape)
    c.restore()
  }
  write(c, level, PLACES.level + 15, line, quiet ? token('--n10') : toneColour(tone))
  const service = textOf(frame, 'service', row)
  if (service !== '') {
    c.fillStyle = categoryColour(service)
    c.fillRect(PLACES.service, line - 8, 8, 8)
    write(c, fitted(c, fonts.name, service, SERVICE_TEXT).text, PLACES.service + 14, line, token('--n12'))
  }
  c.font = fonts.text
  const letters = Math.max(1, Math.floor(look.field / look.letter))
  for (const [i, column] of look.columns.entries()) {
    const value = fieldText(frame, row, column)
    const x = fieldsOf(look) + i * (look.field + FIELD_GAP)
    write(c, value === undefined ? '–' : cut(value, letters), x, line, token(value === undefined ? '--n9' : '--n12'))
  }
  drawText(c, textOf(frame, 'body', row), line, look)
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
