// One span of the waterfall as elements that are kept and filled again: its place in the tree, service, operation, marks;
// its times in words for those who do not see the bars.

import type { useT } from '../../../i18n/index.ts'
import { cx } from '../../../lib/cx.ts'
import { make, writeAttribute, writeClass, writeText } from '../../../lib/dom.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import { categoryVar } from '../../../theme/palette.ts'
import { drawnIcon, drawnShape, setIcon } from '../../../ui/index.ts'
import type { Line } from './lines.ts'
import { shortOperation } from './operation.ts'
import styles from './trace.module.css'

/** Deeper than this the indent stops and the depth is written instead. */
const DEEPEST = 24
const INDENT = 12
/** px of fold sign, swatch and edges; and about those of a letter, for telling whether a name has room */
const BESIDE = 40
const LETTER = 7

export interface NameLook {
  readonly selected: number
  /** rows that do not match are dimmed */
  readonly searching: boolean
  /** px of the column */
  readonly width: number
  /** CSS font of the names */
  readonly font: string
  readonly t: ReturnType<typeof useT>
}

export class NameRow {
  readonly #fold = make('span', styles['fold'])
  readonly #foldSign = drawnIcon(undefined, 12)
  readonly #swatch = make('span', styles['swatch'])
  readonly #before = make('span', '')
  readonly #service = make('span', styles['service'])
  readonly #operation = make('span', styles['operation'])
  readonly #after = make('span', styles['extras'])
  readonly #name: HTMLElement
  readonly #words = make('div', styles['words'])
  readonly element: HTMLElement
  #shown: Line | undefined
  #cut = false
  /** the language that it was written in */
  #saidBy: NameLook['t'] | undefined

  constructor() {
    this.#fold.setAttribute('aria-hidden', 'true')
    this.#fold.dataset['fold'] = ''
    this.#fold.append(this.#foldSign)
    this.#name = make(
      'div',
      styles['nameCell'],
      this.#fold,
      this.#swatch,
      this.#before,
      this.#service,
      this.#operation,
      this.#after,
    )
    this.#name.setAttribute('role', 'gridcell')
    this.#words.setAttribute('role', 'gridcell')
    this.element = make('div', styles['name'], this.#name, this.#words)
    this.element.setAttribute('role', 'row')
  }

  /** `line` undefined: it is on its way. */
  fill(row: number, line: Line | undefined, look: NameLook): void {
    const { element } = this
    const selected = line !== undefined && row === look.selected
    writeAttribute(element, 'data-row', line && String(row))
    writeAttribute(element, 'aria-rowindex', String(row + 2))
    writeAttribute(element, 'aria-selected', String(selected))
    writeClass(
      element,
      cx(styles['name'], selected && styles['selected'], look.searching && line?.matches === false && styles['dimmed']),
    )
    const indent = line ? indentOf(line) : 0
    const letters = line === undefined ? 0 : line.service.length + line.operation.length + 1
    const cut = indent + BESIDE + letters * LETTER > look.width
    const rich = line !== undefined && isRich(line)
    writeClass(this.#name, cx(styles['nameCell'], rich ? styles['rich'] : cut && styles['cut']))
    if (line === this.#shown && cut === this.#cut && look.t === this.#saidBy) return
    this.#shown = line
    this.#cut = cut
    this.#saidBy = look.t
    this.#name.style.paddingLeft = `${indent}px`
    const folds = line !== undefined && line.children > 0
    writeAttribute(element, 'id', line && `span-${line.spanId}`)
    writeAttribute(element, 'aria-level', line && String(line.depth + 1))
    writeAttribute(element, 'aria-expanded', folds ? String(!line.collapsed) : undefined)
    setIcon(this.#foldSign, folds ? (line.collapsed ? 'chevronRight' : 'chevronDown') : undefined)
    this.#swatch.style.background = line ? categoryVar(line.service) : 'none'
    writeText(this.#service, line?.service ?? '')
    writeText(this.#operation, line === undefined ? '' : cut ? shortOperation(line.operation) : line.operation)
    writeAttribute(this.#operation, 'title', undefined)
    this.#marks(rich ? line : undefined, look.t)
    writeAttribute(this.#words, 'aria-label', line && inWords(line, look.t))
  }

  /** The pointer came to it: what is only read then is written now. */
  point(): void {
    const line = this.#shown
    if (line) writeAttribute(this.#operation, 'title', `${line.service} ${line.operation}`)
  }

  /** What few spans have. */
  #marks(line: Line | undefined, t: NameLook['t']): void {
    if (line === undefined) {
      if (this.#before.firstChild) this.#before.replaceChildren()
      if (this.#after.firstChild) this.#after.replaceChildren()
      return
    }
    const told = (className: string | undefined, title: string, ...content: Array<Node | string>): HTMLElement => {
      const mark = make('span', className, ...content)
      mark.title = title
      return mark
    }
    this.#before.replaceChildren(
      ...(line.depth > DEEPEST ? [make('span', styles['quiet'], String(line.depth))] : []),
      ...(line.status === 'error' ? [drawnShape('critical', t('traces.error'))] : []),
    )
    this.#after.replaceChildren(
      ...(line.collapsed
        ? [
            told(
              styles['quiet'],
              t('traces.hiddenBelow', { count: line.descendants }),
              `+${formatCount(line.descendants)}`,
            ),
          ]
        : []),
      ...(line.orphan ? [told(styles['flag'], t('traces.orphanHelp'), t('traces.orphan'))] : []),
      ...(line.skewed
        ? [told(styles['flag'], t('traces.skewHelp'), drawnIcon('clock', 12), ` ${t('traces.skew')}`)]
        : []),
      ...(line.links > 0
        ? [told(styles['quiet'], t('traces.linkCount', { count: line.links }), drawnIcon('link', 12))]
        : []),
    )
  }
}

/** px before the fold sign */
export const indentOf = (line: Line): number => Math.min(line.depth, DEEPEST) * INDENT

const isRich = (line: Line): boolean =>
  line.depth > DEEPEST || line.status === 'error' || line.collapsed || line.orphan || line.skewed || line.links > 0

function inWords(line: Line, t: NameLook['t']): string {
  const times = t('traces.rowWords', {
    duration: formatDurationNs(line.duration),
    self: formatDurationNs(line.self),
    offset: formatDurationNs(line.offset),
  })
  const critical = line.critical ? ` ${t('traces.onCritical')}` : ''
  return `${times}${critical}${line.events > 0 ? ` ${t('traces.eventCount', { count: line.events })}` : ''}`
}
