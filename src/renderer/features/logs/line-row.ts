// One line of the list as elements that are kept and filled again: time, level, service, chosen fields, text. Cells stand
// at fixed places and only what would not fit is clipped: a grid, and an edge of its own for each cell, is what scrolling
// would spend its time on.

import type { EpochNs } from '../../../shared/base/time.ts'
import { toMillis } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import type { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { make, writeAttribute, writeClass, writeText } from '../../lib/dom.ts'
import { cellOf, textOf } from '../../lib/engine/index.ts'
import { formatDateTime, formatTime, type Zone, zoneLabel } from '../../lib/zone.ts'
import { categoryVar, type Tone, toneOfLevel } from '../../theme/palette.ts'
import { drawnShape, setShape } from '../../ui/index.ts'
import type { Highlighter } from './body-text.ts'
import { fieldText } from './field-text.ts'
import { paintText } from './LineText.tsx'
import styles from './logs.module.css'

/** More of one line than this is read in the detail. */
const LIST_LIMIT = 2000
const WRAP_LIMIT = 20_000

/** px from the row's left edge */
export const PLACES = { time: 12, level: 118, service: 192 } as const
/** where the first chosen field, or else the text, begins */
const FIRST = 334
export const FIELD_GAP = 10
/** px for the name of a service beside its colour */
export const SERVICE_TEXT = 132 - 14
const FIELD = { least: 96, most: 168 }
const LEAST_BODY = 240

export interface LineLook {
  readonly columns: readonly string[]
  readonly wrap: boolean
  readonly highlight: Highlighter
  readonly zone: Zone
  readonly t: ReturnType<typeof useT>
  /** px of a chosen field, and where the text begins and ends */
  readonly field: number
  readonly body: number
  readonly width: number
  /** px of a letter of the text and about that of one of a name */
  readonly letter: number
}

/** Where things stand in a list of that width. */
export function placesIn(width: number, columns: number): Pick<LineLook, 'field' | 'body' | 'width'> {
  const room = (width - FIRST - LEAST_BODY - PLACES.time) / Math.max(1, columns) - FIELD_GAP
  const field = Math.round(Math.min(FIELD.most, Math.max(FIELD.least, room)))
  return { field, body: FIRST + columns * (field + FIELD_GAP), width }
}

export const fieldsOf = ({ columns, field, body }: Pick<LineLook, 'columns' | 'field' | 'body'>): number =>
  body - columns.length * (field + FIELD_GAP)

/** The same places for the head, which is a grid. */
export const gridOf = ({ field }: Pick<LineLook, 'field'>, columns: number): string =>
  `96px 64px 132px ${columns === 0 ? '' : `repeat(${columns}, ${field}px)`} minmax(0, 1fr)`

/** Signs of other scripts may be twice as wide as a letter. */
const widthOf = (text: string, letter: number): number => {
  let cells = text.length
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x2fff) cells++
  return cells * letter
}

export class LineRow {
  readonly element: HTMLElement
  readonly #line = make('div', styles['line'])
  readonly #time = make('time', styles['time'])
  readonly #level = make('span', styles['level'])
  readonly #shape = drawnShape('neutral')
  readonly #levelText = document.createTextNode('')
  readonly #service = make('span', styles['cell'])
  readonly #swatch = make('i', styles['swatch'])
  readonly #name = make('span', styles['name'])
  readonly #fields: HTMLElement[] = []
  readonly #body = make('span', styles['body'])
  readonly #text = make('bdi', styles['text'])
  #tone: Tone | undefined
  #serviceShown = ''

  constructor() {
    this.#level.append(this.#shape, this.#levelText)
    this.#level.dataset['field'] = 'level'
    this.#swatch.dataset['colour'] = ''
    this.#service.append(this.#swatch, this.#name)
    this.#service.dataset['field'] = 'service'
    this.#body.append(this.#text)
    this.#line.append(this.#time, this.#level, this.#service, this.#body)
    this.element = make('div', '', this.#line)
  }

  /** `at` undefined: the line is on its way. */
  fill(at: { frame: Frame; row: number } | undefined, look: LineLook): void {
    const { wrap } = look
    writeClass(this.#line, cx(styles['line'], wrap ? styles['wrapped'] : styles['flat'], !at && styles['waiting']))
    this.#place(look)
    const frame = at?.frame
    const row = at?.row ?? 0
    const time = frame && (cellOf(frame, 'time', row) as EpochNs | null)
    writeText(this.#time, time === undefined || time === null ? '' : formatTime(time, look.zone, 'ms'))
    // the whole of it is asked for by pointing at it, see `point`
    writeAttribute(this.#time, 'title', undefined)
    writeAttribute(this.#time, 'datetime', undefined)
    const level = frame ? textOf(frame, 'level', row) : ''
    this.#setLevel(level, toneOfLevel(level))
    this.#setService(frame ? textOf(frame, 'service', row) : '', look)
    for (const [i, column] of look.columns.entries()) {
      const cell = this.#fields[i] as HTMLElement
      const value = frame && fieldText(frame, row, column)
      writeAttribute(cell, 'data-field', column)
      writeText(cell, value ?? (frame ? '–' : ''))
      writeClass(
        cell,
        cx(
          styles['cell'],
          styles['mono'],
          value === undefined && styles['none'],
          !wrap && widthOf(value ?? '', look.letter) > look.field && styles['cut'],
        ),
      )
    }
    const text = frame ? textOf(frame, 'body', row) : ''
    const limit = wrap ? WRAP_LIMIT : LIST_LIMIT
    paintText(this.#text, { text, highlight: look.highlight, oneLine: !wrap, limit }, look.t)
    const long = widthOf(this.#text.textContent ?? '', look.letter) > look.width - look.body - PLACES.time
    writeClass(this.#body, cx(styles['body'], !wrap && long && styles['cut']))
  }

  /** The pointer came to it: what is only read then is written now. */
  point(at: { frame: Frame; row: number } | undefined, zone: Zone): void {
    const time = at && (cellOf(at.frame, 'time', at.row) as EpochNs | null)
    if (time === undefined || time === null) return
    writeAttribute(this.#time, 'title', `${formatDateTime(time, zone, 'ns')} ${zoneLabel(time, zone)}`)
    writeAttribute(this.#time, 'datetime', new Date(toMillis(time)).toISOString())
    writeAttribute(this.#service, 'title', this.#serviceShown)
  }

  #place(look: LineLook): void {
    const { columns } = look
    while (this.#fields.length > columns.length) this.#fields.pop()?.remove()
    while (this.#fields.length < columns.length) {
      const cell = make('span', styles['cell'])
      this.#fields.push(cell)
      this.#body.before(cell)
    }
    const left = (element: HTMLElement, px: number, width?: number): void => {
      const place = look.wrap ? '' : `left: ${px}px;${width === undefined ? '' : ` width: ${width}px;`}`
      writeAttribute(element, 'style', place === '' ? undefined : place)
    }
    left(this.#time, PLACES.time)
    left(this.#level, PLACES.level)
    left(this.#service, PLACES.service, SERVICE_TEXT + 14)
    for (const [i, cell] of this.#fields.entries())
      left(cell, fieldsOf(look) + i * (look.field + FIELD_GAP), look.field)
    left(this.#body, look.body)
    writeAttribute(
      this.#line,
      'style',
      look.wrap ? `grid-template-columns: ${gridOf(look, columns.length)}` : undefined,
    )
  }

  #setLevel(level: string, tone: Tone): void {
    if (this.#levelText.data !== level) this.#levelText.data = level
    if (tone === this.#tone) return
    this.#tone = tone
    writeClass(this.#level, cx(styles['level'], styles[tone]))
    setShape(this.#shape, tone)
  }

  #setService(service: string, look: LineLook): void {
    if (service === this.#serviceShown) return
    this.#serviceShown = service
    writeText(this.#name, service)
    writeAttribute(this.#service, 'title', undefined)
    this.#swatch.style.background = service === '' ? 'none' : categoryVar(service)
    writeClass(
      this.#service,
      cx(styles['cell'], !look.wrap && widthOf(service, look.letter) > SERVICE_TEXT && styles['cut']),
    )
  }
}
