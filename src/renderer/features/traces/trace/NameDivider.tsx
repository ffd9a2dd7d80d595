// The line between names and bars: drags, and moves by arrow keys.

import { useT } from '../../../i18n/index.ts'
import styles from './trace.module.css'

export function NameDivider({
  width,
  left,
  onResize,
}: {
  width: number
  left: string
  onResize: (width: number) => void
}) {
  const t = useT()
  return (
    <div
      className={styles['divider']}
      style={{ left }}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('ui.resize', { name: t('traces.span') })}
      aria-valuenow={width}
      aria-valuemin={140}
      aria-valuemax={900}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onResize(width - 16)
        else if (event.key === 'ArrowRight') onResize(width + 16)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
      onPointerDown={(event) => {
        event.preventDefault()
        const handle = event.currentTarget
        const from = event.clientX
        handle.setPointerCapture(event.pointerId)
        const move = (e: globalThis.PointerEvent): void => onResize(width + e.clientX - from)
        handle.addEventListener('pointermove', move)
        handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
    />
  )
}
