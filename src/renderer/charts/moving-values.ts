// The values beside a lane while the crosshair moves: painted on a canvas over their elements, which are written when it rests.
// Thirty texts that change at each move of the pointer make the browser lay out, paint and put together the page each time.

import { fitted, fontsIn, type TextFonts } from '../ui/canvas-text.ts'
import { quantity } from '../lib/format.ts'
import { token } from '../theme/theme.ts'
import { Y_AXIS_WIDTH } from './axes.ts'

/** px, as Chart.module.css has them in .readout */
const HEIGHT = 16
const SWATCH = { width: 8, height: 2 }
const WITHIN = 4
const BETWEEN = 12
const NAME = 264

interface Parts {
  /** the readout that the canvas stands for */
  readonly host: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly series: ReadonlyArray<{ readonly name: string; readonly colour: string }>
  /** letters that each value has had room for; grows, and is the elements' too */
  readonly room: number[]
  readonly unit: string | undefined
  /** the word for series that have no place */
  readonly others: string | undefined
}

export class MovingValues implements Disposable {
  readonly #parts: Parts
  #fonts: TextFonts | undefined
  #ink = ''
  /** px from the left and what is written there */
  #places: Array<{ readonly x: number; text: string | undefined }> = []
  #moving = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The crosshair went to these values. False: colours that the system forces are not a canvas's, the elements have to be
   *  written. */
  moved(values: ReadonlyArray<number | undefined>): boolean {
    if (!this.#moving) {
      if (matchMedia('(forced-colors: active)').matches) return false
      this.#begin()
    }
    this.#paint(values)
    return true
  }

  /** The elements are seen again. */
  rest(): void {
    if (!this.#moving) return
    this.#moving = false
    this.#parts.canvas.style.visibility = 'hidden'
    delete this.#parts.host.dataset['moving']
  }

  #begin(): void {
    this.#moving = true
    const { host, canvas } = this.#parts
    const ratio = devicePixelRatio || 1
    const width = host.clientWidth
    const [w, h] = [Math.round(width * ratio), Math.round(HEIGHT * ratio)]
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
      canvas.style.width = `${width}px`
    }
    this.#fonts ??= fontsIn(host, HEIGHT)
    this.#ink ||= getComputedStyle(host).color
    this.#places = []
    canvas.style.visibility = 'visible'
    host.dataset['moving'] = ''
  }

  /** Only what is other than it was: names stand where they stood until a longer value moves them. */
  #paint(values: ReadonlyArray<number | undefined>): void {
    const { canvas, room, unit } = this.#parts
    const [c, fonts] = [canvas.getContext('2d'), this.#fonts]
    if (!c || !fonts) return
    const texts = values.map((value) => (value === undefined ? undefined : quantity(value, unit)))
    let grown = this.#places.length === 0
    for (const [i, q] of texts.entries()) {
      const letters = q === undefined ? 1 : q.value.length + (q.unit === '' ? 0 : q.unit.length + 1)
      if (letters <= (room[i] ?? 0)) continue
      room[i] = letters
      grown = true
    }
    if (grown) this.#paintNames(c, fonts)
    c.font = fonts.text
    for (const [i, q] of texts.entries()) {
      const place = this.#places[i]
      const text = q === undefined ? '–' : `${q.value} ${q.unit}`
      if (!place || place.text === text) continue
      place.text = text
      c.clearRect(place.x, 0, (room[i] ?? 0) * fonts.letter + BETWEEN / 2, HEIGHT)
      c.fillStyle = q === undefined ? token('--n9') : this.#ink
      c.fillText(q?.value ?? text, place.x, fonts.baseline)
      if (q === undefined || q.unit === '') continue
      c.fillStyle = token('--n10')
      c.fillText(q.unit, place.x + (q.value.length + 1) * fonts.letter, fonts.baseline)
    }
  }

  #paintNames(c: CanvasRenderingContext2D, fonts: TextFonts): void {
    const { canvas, series, room, others } = this.#parts
    const ratio = devicePixelRatio || 1
    c.setTransform(ratio, 0, 0, ratio, 0, 0)
    c.clearRect(0, 0, canvas.width, HEIGHT)
    c.font = fonts.name
    this.#places = []
    let x = Y_AXIS_WIDTH
    for (const [i, { name, colour }] of series.entries()) {
      c.fillStyle = colour
      c.fillRect(x, (HEIGHT - SWATCH.height) / 2, SWATCH.width, SWATCH.height)
      x += SWATCH.width + WITHIN
      const shown = fitted(c, fonts.name, name, NAME)
      c.fillStyle = token('--n11')
      c.fillText(shown.text, x, fonts.baseline)
      x += shown.width + WITHIN
      this.#places.push({ x, text: undefined })
      x += (room[i] ?? 0) * fonts.letter + BETWEEN
    }
    if (others === undefined) return
    c.fillStyle = this.#ink
    c.fillText(others, x, fonts.baseline)
  }

  [Symbol.dispose](): void {
    this.rest()
  }
}
