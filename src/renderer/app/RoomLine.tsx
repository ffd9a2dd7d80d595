// The disk before it is full: a line over the view, with the way to make room. And what the engine did on its own: rules
// that were followed, stores that were mended when they were opened. Each is told once.

import { useEffect } from 'react'
import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { formatBytes } from '../lib/format.ts'
import { StatusShape } from '../ui/Badge.tsx'
import { linkTo } from '../workbench/links.ts'
import { toast, undoBy } from '../workbench/toasts.ts'
import styles from './App.module.css'

const TOLD = 'watchdeck.told'

export function RoomLine() {
  const t = useT()
  const { data } = useMethod('space.status', {})
  const info = useMethod('system.info', {})
  const run = data?.lastRun
  useEffect(() => {
    if (run?.by !== 'retention' || run.undoUntil === undefined || !isNews('run', run.run)) return
    toast(t('space.followed', { count: run.items, bytes: formatBytes(run.bytes) }), {
      tone: 'note',
      detail: t('space.followedText'),
      lastsMs: 30_000,
      action: undoBy('space.undo', { run: run.run }, t('space.undoFailed'), t('space.undone')),
    })
  }, [run, t])
  const started = info.data?.startedAt
  const notices = info.data?.notices
  useEffect(() => {
    if (started === undefined || notices === undefined || notices.length === 0 || !isNews('start', started)) return
    for (const { kind, count, path } of notices)
      toast(t(`space.notice.${kind}`, { count }), { tone: 'note', lastsMs: 0, detail: path ?? '' })
  }, [started, notices, t])
  if (!data || data.disk.state === 'ok') return null
  const free = formatBytes(data.disk.freeBytes)
  return (
    <div className={styles['room']} role="status">
      <StatusShape tone={data.disk.state === 'critical' ? 'critical' : 'warning'} />
      <span>{t(`space.line.${data.disk.state}`, { free })}</span>
      <a href={linkTo('space', { part: 'clean' })}>{t('space.line.action')}</a>
    </div>
  )
}

/** Whether this was not told before, by this window or another. */
function isNews(what: string, id: string): boolean {
  try {
    const key = `${TOLD}.${what}`
    if (localStorage.getItem(key) === id) return false
    localStorage.setItem(key, id)
  } catch {
    // no storage: told again after a reload
  }
  return true
}
