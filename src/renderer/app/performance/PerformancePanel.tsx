// For whoever develops a view: what it cost since it was opened, in the engine, on the wire and on the page's thread. Opened from
// the palette; it counts only while it is open; each view has a panel of its own.

import { useEffect, useRef, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useT } from '../../i18n/index.ts'
import { useEngine } from '../../lib/engine/index.ts'
import { startMeter, stopMeter, useMeter } from '../../lib/engine/measured.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { IconButton } from '../../ui/Button.tsx'
import styles from './Performance.module.css'
import { usePageThread } from './page-thread.ts'

const REFRESH_MS = 1000
type Spent = MethodOutput<'system.spent'>['methods']

/** What the engine spent on each method since the view was opened. */
function useEngineTime(): ReadonlyMap<string, number> {
  const client = useEngine()
  const before = useRef<ReadonlyMap<string, number>>(undefined)
  const [spent, setSpent] = useState<ReadonlyMap<string, number>>(new Map())
  useEffect(() => {
    let here = true
    before.current = undefined
    const totals = (methods: Spent) => new Map(methods.map(({ method, engineMs }) => [method, engineMs]))
    const look = async (): Promise<void> => {
      // while the engine cannot be reached the numbers stand; the line at the foot says so
      const now = totals((await client.call('system.spent', {}).catch(() => ({ methods: [] }))).methods)
      if (!here || now.size === 0) return
      before.current ??= now
      setSpent(new Map([...now].map(([method, ms]) => [method, ms - (before.current?.get(method) ?? 0)])))
    }
    void look()
    const timer = setInterval(() => void look(), REFRESH_MS)
    return () => {
      here = false
      clearInterval(timer)
    }
  }, [client])
  return spent
}

const ms = (value: number): string => `${formatCount(Math.round(value))} ms`

export default function PerformancePanel({ onClose }: { onClose: () => void }) {
  const t = useT()
  useEffect(() => {
    startMeter()
    return stopMeter
  }, [])
  const methods = Object.entries(useMeter((m) => m.methods)).sort(([, a], [, b]) => b.waitedMs - a.waitedMs)
  const engine = useEngineTime()
  const busy = usePageThread()
  return (
    <aside className={styles['panel']} aria-label={t('app.performance.title')}>
      <header>
        <b>{t('app.performance.title')}</b>
        <span>{t('app.performance.thread', { ...busy, total: ms(busy.totalMs), longest: ms(busy.longestMs) })}</span>
        <IconButton icon="close" label={t('ui.close')} onClick={onClose} />
      </header>
      <table>
        <thead>
          <tr>
            {(['method', 'calls', 'engine', 'waited', 'rows', 'bytes'] as const).map((column) => (
              <th key={column}>{t(`app.performance.${column}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {methods.map(([method, { calls, waitedMs, rows, bytes }]) => (
            <tr key={method}>
              <td>{method}</td>
              <td>{formatCount(calls)}</td>
              <td>{ms(engine.get(method) ?? 0)}</td>
              <td>{ms(waitedMs)}</td>
              <td>{formatCount(rows)}</td>
              <td>{formatBytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {methods.length === 0 && <p>{t('app.performance.none')}</p>}
    </aside>
  )
}
