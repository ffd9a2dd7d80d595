// The text of a line with its marks; hidden signs are written out and say what they are.

import { memo, useLayoutEffect, useRef } from 'react'
import { useT } from '../../i18n/index.ts'
import { make, writeText } from '../../lib/dom.ts'
import { formatCount } from '../../lib/format.ts'
import { clipped, type Highlighter, segmentsOf } from './body-text.ts'
import styles from './logs.module.css'

export interface LineTextProps {
  readonly text: string
  readonly highlight: Highlighter
  readonly oneLine: boolean
  /** characters shown; the rest is counted */
  readonly limit: number
}

export const LineText = memo(function LineText(props: LineTextProps) {
  const t = useT()
  const host = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (host.current) paintText(host.current, props, t)
  }, [props, t])
  return <bdi ref={host} className={styles['text']} />
})

export function paintText(
  host: HTMLElement,
  { text, highlight, oneLine, limit }: LineTextProps,
  t: ReturnType<typeof useT>,
): void {
  const cut = text.length > limit ? text.slice(0, limit) : text
  const segments = segmentsOf(cut, clipped(highlight(cut), cut.length), oneLine)
  const [only] = segments
  // nearly every line: one text, and no elements
  if (cut === text && (only === undefined || (segments.length === 1 && only.kind === 'plain'))) {
    writeText(host, only?.text ?? '')
    return
  }
  const nodes = segments.map((s): Node | string => {
    if (s.kind === 'plain') return s.text
    if (s.kind === 'match') return make('mark', styles['mark'], s.text)
    const sign = make('span', styles['hidden'], s.text)
    sign.title = s.code ?? ''
    return sign
  })
  if (cut !== text)
    nodes.push(make('span', styles['more'], ` ${t('logs.line.cut', { count: formatCount(text.length - cut.length) })}`))
  host.replaceChildren(...nodes)
}
