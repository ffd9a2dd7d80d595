// A small picture of one measure over the whole range: the compared windows as a ground, brushing sets the range. The
// values are in the table beside it; the picture itself is named in words.

import { type PointerEvent, useMemo, useState } from 'react'
import type { TimeRange } from '../../../shared/base/time.ts'
import { brushRange } from '../../workbench/index.ts'
import styles from './services.module.css'

export interface RangeSparkProps {
  readonly label: string
  readonly values: Float64Array
  /** drawn over the values in the colour of errors */
  readonly over?: Float64Array | undefined
  readonly colour: string
  readonly range: TimeRange
  /** the measured part of the range, tinted */
  readonly window: TimeRange | undefined
  readonly area?: boolean
}

const WIDTH = 112
const HEIGHT = 20

export function RangeSpark({ label, values, over, colour, range, window, area = false }: RangeSparkProps) {
  const [drag, setDrag] = useState<{ from: number; to: number }>()
  const paths = useMemo(() => {
    let top = 0
    for (const v of values) if (Number.isFinite(v)) top = Math.max(top, v)
    return { line: lineOf(values, top), area: areaOf(values, top), over: over ? areaOf(over, top) : '' }
  }, [values, over])
  const share = (at: bigint): number => Number(at - range.from) / Number(range.to - range.from)
  const from = window ? Math.max(0, share(window.from)) : 0
  const to = window ? Math.min(1, share(window.to)) : 0
  const at = (x: number): bigint =>
    range.from + BigInt(Math.round((Number(range.to - range.from) * Math.min(WIDTH, Math.max(0, x))) / WIDTH))
  // the picture is as wide as its column: where the pointer is, in units of the drawing
  const xOfPointer = (event: PointerEvent<SVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return ((event.clientX - box.left) / Math.max(1, box.width)) * WIDTH
  }
  return (
    <svg
      className={styles['spark']}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        const x = xOfPointer(event)
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag({ from: x, to: x })
      }}
      onPointerMove={(event) => {
        if (drag) setDrag({ ...drag, to: xOfPointer(event) })
      }}
      onPointerUp={() => {
        if (drag && Math.abs(drag.to - drag.from) > 3) brushRange(at(drag.from), at(drag.to))
        setDrag(undefined)
      }}
      onPointerCancel={() => setDrag(undefined)}
    >
      <title>{label}</title>
      {to > from && (
        <rect className={styles['sparkWindow']} x={from * WIDTH} y={0} width={(to - from) * WIDTH} height={HEIGHT} />
      )}
      {area && <path d={paths.area} fill={colour} opacity={0.25} />}
      {paths.over !== '' && <path d={paths.over} className={styles['sparkErrors']} />}
      <path
        d={paths.line}
        fill="none"
        stroke={colour}
        strokeWidth={1.2}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {drag && (
        <rect
          className={styles['sparkBrush']}
          x={Math.min(drag.from, drag.to)}
          y={0}
          width={Math.abs(drag.to - drag.from)}
          height={HEIGHT}
        />
      )}
    </svg>
  )
}

const xOf = (i: number, n: number): string => (n < 2 ? WIDTH / 2 : (i / (n - 1)) * (WIDTH - 2) + 1).toFixed(1)
const yOf = (v: number, top: number): string => (HEIGHT - 2 - (top > 0 ? v / top : 0) * (HEIGHT - 4)).toFixed(1)

function lineOf(values: Float64Array, top: number): string {
  let d = ''
  let open = false
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number
    if (Number.isFinite(v)) d += `${open ? 'L' : 'M'}${xOf(i, values.length)} ${yOf(v, top)}`
    open = Number.isFinite(v)
  }
  return d
}

function areaOf(values: Float64Array, top: number): string {
  let d = `M1 ${HEIGHT - 2}`
  let any = false
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number
    any ||= v > 0
    d += `L${xOf(i, values.length)} ${yOf(Number.isFinite(v) ? v : 0, top)}`
  }
  return any ? `${d}L${WIDTH - 1} ${HEIGHT - 2}Z` : ''
}
