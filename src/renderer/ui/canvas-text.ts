// Text on a canvas that has to look like the text beside it.

import { token } from '../theme/theme.ts'

export interface TextFonts {
  /** CSS fonts of names and of what is monospaced */
  readonly name: string
  readonly text: string
  /** px from a row's top to the line that its letters stand on */
  readonly baseline: number
  /** px of a monospaced letter */
  readonly letter: number
}

/** The fonts that rows of that height have in `element`. */
export function fontsIn(element: HTMLElement, rowHeight: number): TextFonts {
  const { fontSize, fontFamily } = getComputedStyle(element)
  const fonts = { name: `${fontSize} ${fontFamily}`, text: `${fontSize} ${token('--font-mono')}` }
  const probe = element.ownerDocument.createElement('canvas').getContext('2d')
  if (!probe) return { ...fonts, baseline: rowHeight - 7, letter: 7 }
  probe.font = fonts.name
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = probe.measureText('M')
  probe.font = fonts.text
  const letter = probe.measureText('0').width
  return {
    ...fonts,
    letter,
    baseline: Math.floor((rowHeight - Math.round(up) - Math.round(down)) / 2) + Math.round(up),
  }
}

interface Fitted {
  readonly text: string
  /** px */
  readonly width: number
}

const known = new Map<string, Fitted>()

/** A name that ends in an ellipsis where it has no room; `font` is the context's. There are few names: each is measured once. */
export function fitted(c: CanvasRenderingContext2D, font: string, name: string, room: number): Fitted {
  const key = `${room} ${font} ${name}`
  let found = known.get(key)
  if (found === undefined) {
    let text = name
    while (text.length > 1 && c.measureText(text).width > room) text = `${text.replace(/…$/, '').slice(0, -1)}…`
    found = { text, width: c.measureText(text).width }
    if (known.size > 2000) known.clear()
    known.set(key, found)
  }
  return found
}
