// Every trace of the question as a point of time and duration. A box dragged over points narrows both.

import { useMemo } from 'react'
import { formatRfc3339 } from '../../../../shared/base/time.ts'
import { cell, type Column, type Frame } from '../../../../shared/frame/frame.ts'
import { Scatter, type ScatterGroup } from '../../../charts/index.ts'
import { useT } from '../../../i18n/index.ts'
import { columnOf, numberOf, numbersOf, textOf, type MethodState } from '../../../lib/engine/index.ts'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { categoryColour } from '../../../theme/palette.ts'
import { useTheme } from '../../../theme/theme.ts'
import { ErrorState, Skeleton } from '../../../ui/index.ts'
import { currentPlace, movePlace, TableInAddress, useRange } from '../../../workbench/index.ts'
import { type FoundTrace, foundAt } from './rows.ts'

/** Services that get a group of their own; the rest share one. */
const MOST_GROUPS = 8
export const SCATTER_HEIGHT = 168

interface Points extends ScatterGroup {
  readonly rows: readonly number[]
}

/** Points by root service, failed ones on top in a group of their own. */
export function groupsOf(frame: Frame, other: string, failedLabel: string, colour: (name: string) => string): Points[] {
  const start = columnOf(frame, 'start')
  const durationColumn = columnOf(frame, 'durationNs')
  if (!start || !durationColumn) return []
  const durations = numbersOf(durationColumn)
  const failed: number[] = []
  const byService = new Map<string, number[]>()
  for (let row = 0; row < frame.rowCount; row++) {
    if (numberOf(frame, 'errors', row) > 0) {
      failed.push(row)
      continue
    }
    const service = textOf(frame, 'rootService', row)
    const rows = byService.get(service)
    if (rows) rows.push(row)
    else byService.set(service, [row])
  }
  const ordered = [...byService].sort((a, b) => b[1].length - a[1].length)
  const rest = ordered.slice(MOST_GROUPS).flatMap(([, rows]) => rows)
  const group = (id: string, label: string, rows: readonly number[], more: Partial<ScatterGroup>): Points => ({
    id,
    label,
    rows,
    times: BigInt64Array.from(rows, (row) => instant(start, row)),
    values: Float64Array.from(rows, (row) => durations[row] ?? 0),
    ...more,
  })
  return [
    ...ordered.slice(0, MOST_GROUPS).map(([name, rows]) => group(name, name, rows, { colour: colour(name) })),
    ...(rest.length > 0 ? [group('\u0000rest', other, rest, {})] : []),
    ...(failed.length > 0 ? [group('\u0000failed', failedLabel, failed, { failing: true })] : []),
  ]
}

const instant = (column: Column, row: number): bigint => {
  const value = cell(column, row)
  return typeof value === 'bigint' ? value : 0n
}

export function TraceScatter({
  scatter,
  log,
  onOpen,
  onAsk,
}: {
  scatter: MethodState<MethodOutput<'traces.scatter'>>
  log: boolean
  onOpen: (trace: FoundTrace) => void
  onAsk: (at: { x: number; y: number }) => void
}) {
  const t = useT()
  const theme = useTheme()
  const range = useRange()
  const table = scatter.data?.table
  // the theme is part of the picture: its colours are read from the tokens in force
  const { groups } = useMemo(
    () => ({
      theme,
      groups: table ? groupsOf(table, t('traces.otherServices'), t('traces.failed'), categoryColour) : [],
    }),
    [table, t, theme],
  )
  if (scatter.error) return <ErrorState error={scatter.error} onRetry={scatter.refetch} />
  if (!table) return <Skeleton height={SCATTER_HEIGHT} />
  return (
    <TableInAddress name="scatter">
      <Scatter
        label={t('traces.scatter')}
        groups={groups}
        range={range}
        height={SCATTER_HEIGHT}
        log={log}
        stale={scatter.stale}
        onAsk={onAsk}
        onBox={(box) => {
          const least = Math.max(0, Math.floor(box.low))
          const most = Math.ceil(box.high)
          // time and duration as one step of the history
          movePlace({
            range: { from: formatRfc3339(box.range.from), to: formatRfc3339(box.range.to) },
            params: {
              ...currentPlace().params,
              minTraceDuration: least,
              maxTraceDuration: Math.max(most, least + 1),
            },
          })
        }}
        onPoint={(group, index) => {
          const row = groups.find((g) => g.id === group)?.rows[index]
          if (row !== undefined) onOpen(foundAt(table, row))
        }}
      />
    </TableInAddress>
  )
}
