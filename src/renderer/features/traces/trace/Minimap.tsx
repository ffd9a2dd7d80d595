// The strip above the tabs: drag a stretch to look at it, drag the marked part to move it, double click for all.

import { type PointerEvent, useEffect, useRef } from 'react'
import { useT } from '../../../i18n/index.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import type { Header } from './header.ts'
import { MinimapCanvas } from './minimap-canvas.ts'
import styles from './trace.module.css'
import { useCanvas } from './use-canvas.ts'
import type { Zoom } from './zoom.ts'

export function Minimap({ header, zoom }: { header: Header; zoom: Zoom }) {
  const t = useT()
  const { canvas, view } = useCanvas((element) => new MinimapCanvas(element, zoom))
  const drag = useRef<{ kind: 'choose'; from: number } | { kind: 'move'; at: number }>(undefined)
  useEffect(() => view?.show(header.minimap), [view, header])

  const xOf = (event: PointerEvent): number => event.clientX - event.currentTarget.getBoundingClientRect().left
  return (
    <canvas
      ref={canvas}
      className={styles['minimap']}
      role="img"
      aria-label={t('traces.minimapLabel', {
        spans: formatCount(header.spans),
        errors: formatCount(header.errors),
        duration: formatDurationNs(Number(header.durationNs)),
      })}
      title={t('traces.minimapHelp')}
      onPointerDown={(event) => {
        if (!view || event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        const x = xOf(event)
        const inside = !zoom.isWhole && x > view.window.from && x < view.window.to
        drag.current = inside ? { kind: 'move', at: view.instantAt(x) } : { kind: 'choose', from: view.instantAt(x) }
      }}
      onPointerMove={(event) => {
        if (!view || !drag.current) return
        const at = view.instantAt(xOf(event))
        if (drag.current.kind === 'choose') view.drag([drag.current.from, at])
        else {
          const by = at - drag.current.at
          zoom.set(zoom.from + by, zoom.to + by)
          drag.current = { kind: 'move', at }
        }
      }}
      onPointerUp={(event) => {
        const held = drag.current
        drag.current = undefined
        view?.drag(undefined)
        if (!view || held?.kind !== 'choose') return
        const at = view.instantAt(xOf(event))
        // a click or a tremble is no choice
        if (Math.abs(at - held.from) > zoom.length / 250) zoom.set(Math.min(at, held.from), Math.max(at, held.from))
      }}
      onPointerCancel={() => {
        drag.current = undefined
        view?.drag(undefined)
      }}
      onDoubleClick={() => zoom.reset()}
    />
  )
}
