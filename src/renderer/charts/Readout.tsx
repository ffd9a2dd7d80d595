// The values of a lane at the crosshair, beside the names of its series.

import { useLayoutEffect, useRef } from 'react'
import type { TimeRange } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { writeNum } from '../ui/Num.tsx'
import { Y_AXIS_WIDTH } from './axes.ts'
import styles from './Chart.module.css'
import { crosshairOf, onCrosshair, onCrosshairInTurn } from './group.ts'
import { MovingValues } from './moving-values.ts'
import { type Series, valueAt } from './series.ts'

const MOST = 12
/** As many values cost less in their elements than a canvas does. */
const FEW = 2

/** How many values stand beside each other with their names whole; names beyond 40 letters are cut. */
function fitting(labels: readonly string[], width: number): number {
  let room = width - Y_AXIS_WIDTH - 88
  for (let i = 0; i < Math.min(labels.length, MOST); i++) {
    room -= Math.min(40, labels[i]?.length ?? 0) * 6.4 + 88
    if (room < 0) return Math.max(1, i)
  }
  return Math.min(labels.length, MOST)
}

export interface ReadoutProps {
  readonly series: readonly Series[]
  readonly group: string | undefined
  readonly unit: string | undefined
  readonly range: TimeRange
  readonly stepNs: bigint | undefined
  readonly colour: (i: number) => string
  readonly width: number
}

export function Readout({ series, group, unit, range, stepNs, colour, width }: ReadoutProps) {
  const t = useT()
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const age = stepNs === undefined ? (range.to - range.from) / 50n : stepNs * 2n
  const shown = series.slice(
    0,
    fitting(
      series.map((s) => s.label),
      width,
    ),
  )
  const others = series.length > shown.length && t('ui.otherSeries', { count: series.length - shown.length })
  // the values follow the pointer without React: there may be twelve lanes
  useLayoutEffect(() => {
    const [element, picture] = [host.current, canvas.current]
    if (!element || !picture) return
    const cells = [...element.querySelectorAll<HTMLElement>('[data-value]')]
    const room = cells.map(() => 0)
    const valuesAt = (at: bigint | undefined): Array<number | undefined> =>
      shown.map((s) => (at === undefined ? s.points.values.at(-1) : valueAt(s.points, at, age)))
    const write = (at: bigint | undefined): void => {
      for (const [i, value] of valuesAt(at).entries()) {
        const cell = cells[i]
        if (!cell) continue
        // a cell has a size of its own, so that nothing beside it is laid out for its value; it grows, and does not shrink again
        const letters = Math.max(room[i] ?? 0, writeNum(cell, value, unit))
        room[i] = letters
        if (cell.style.width !== `${letters}ch`) cell.style.width = `${letters}ch`
      }
    }
    write(group === undefined ? undefined : crosshairOf(group))
    if (group === undefined) return
    if (cells.length <= FEW) return onCrosshair(group, element, write)
    const moving = new MovingValues({
      host: element,
      canvas: picture,
      room,
      series: shown.map((s, i) => ({ name: s.label, colour: colour(i) })),
      unit,
      others: others || undefined,
    })
    const stop = onCrosshairInTurn(group, element, {
      tell: (at) => {
        if (at !== undefined && moving.moved(valuesAt(at))) return
        moving.rest()
        write(at)
      },
      rest: () => {
        write(crosshairOf(group))
        moving.rest()
      },
    })
    return () => {
      stop()
      moving[Symbol.dispose]()
    }
  })
  return (
    <>
      <div className={styles['readout']} ref={host}>
        {shown.map((s, i) => (
          <span key={s.id}>
            <i data-colour style={{ background: colour(i) }} />
            <b title={s.label}>{s.label}</b>
            <span className={styles['cell']}>
              <span data-value />
            </span>
          </span>
        ))}
        {others && <span>{others}</span>}
      </div>
      <div aria-hidden="true">
        <canvas ref={canvas} className={styles['values']} />
      </div>
    </>
  )
}
