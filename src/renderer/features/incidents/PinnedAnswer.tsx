// The answer as it was when it was pinned: what stays when the source is gone.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Entry } from '../../../shared/contract/incidents.ts'
import { LineLane, type Series } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatQuantity } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime } from '../../lib/zone.ts'
import { Dialog, ErrorState, JsonTree, Skeleton } from '../../ui/index.ts'
import styles from './Forms.module.css'
import { queryLine } from './pin-target.ts'
import { kindKey } from './words.ts'

const MAX_ROWS = 200

interface Kept {
  readonly columns?: ReadonlyArray<{ name: string; type: string; unit?: string }>
  readonly rows?: ReadonlyArray<Record<string, unknown>>
  readonly series?: ReadonlyArray<{
    metric?: Record<string, string>
    label?: string
    values?: ReadonlyArray<[string, number | string]>
  }>
  readonly unit?: string
}

export function PinnedAnswer({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const t = useT()
  const answer = useMethod('incidents.pinned', { id: entry.id })
  const what = entry.what
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={entry.title || (what ? t(kindKey(what.method)) : '')}
      description={t('incidents.keptText')}
    >
      {what && <code className={styles['query']}>{queryLine(what) || what.method}</code>}
      {answer.error ? (
        <ErrorState error={answer.error} onRetry={answer.refetch} />
      ) : answer.data ? (
        <Body value={answer.data.answer} label={entry.title} />
      ) : (
        <Skeleton height={280} />
      )}
    </Dialog>
  )
}

function Body({ value, label }: { value: unknown; label: string }) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  if (typeof value !== 'object' || value === null) return <JsonTree value={value} />
  const kept = value as Kept
  const drawn = seriesOf(kept)
  const first = drawn.flatMap((s) => Array.from(s.points.times)).sort((a, b) => (a < b ? -1 : 1))
  const [from, to] = [first[0], first.at(-1)]
  if (drawn.length > 0 && from !== undefined && to !== undefined && from < to)
    return (
      <LineLane
        label={label}
        series={drawn}
        unit={kept.unit}
        range={{ from, to } as Parameters<typeof LineLane>[0]['range']}
        height={280}
      />
    )
  if (!kept.columns || !kept.rows) return <JsonTree value={value} />
  const columns = kept.columns.filter((c) => c.type !== 'json')
  const text = (column: (typeof columns)[number], cell: unknown): string => {
    if (cell === null || cell === undefined) return '–'
    if (column.type === 'time') return formatDateTime(tryParseRfc3339(String(cell)) ?? 0n, zone, 'ms')
    if (typeof cell === 'number' && column.unit !== undefined) return formatQuantity(cell, column.unit)
    return String(cell)
  }
  return (
    <div className={styles['kept']} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.name}>{c.name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kept.rows.slice(0, MAX_ROWS).map((row, i) => (
            <tr key={i}>
              {columns.map((c) => (
                <td key={c.name} title={text(c, row[c.name])}>
                  {text(c, row[c.name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {kept.rows.length > MAX_ROWS && (
        <p className={styles['dim']}>{t('incidents.keptRows', { shown: MAX_ROWS, total: kept.rows.length })}</p>
      )}
    </div>
  )
}

function seriesOf(kept: Kept): Series[] {
  return (kept.series ?? []).flatMap((s, i) => {
    const values = s.values ?? []
    if (values.length === 0) return []
    return [
      {
        id: String(i),
        label: s.label ?? (Object.values(s.metric ?? {}).join(' ') || String(i + 1)),
        points: {
          times: BigInt64Array.from(values, ([at]) => tryParseRfc3339(at) ?? 0n),
          values: Float64Array.from(values, ([, v]) => (typeof v === 'number' ? v : Number.NaN)),
        },
      },
    ]
  })
}
