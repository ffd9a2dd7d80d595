// A clean-up as it is looked at before it is made: everything that could go, what the rules would choose, what incidents
// keep. What was removed can be taken back for a time; earlier clean-ups are below.

import { useState } from 'react'
import type { SpaceItem } from '../../../shared/contract/space.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useJob, useMethod } from '../../lib/engine/index.ts'
import { Button, Checkbox, EmptyState, ErrorState, Select, Skeleton, Time } from '../../ui/index.ts'
import { toast, toastError, undoBy } from '../../workbench/index.ts'
import { formatBytes, keptByText, nsOf } from './words.ts'
import styles from './space.module.css'

const UNDO_MINUTES = [10, 60, 24 * 60, 7 * 24 * 60] as const

export function CleanPage() {
  const t = useT()
  const plan = useMethod('space.plan', {})
  const job = useJob('space.run')
  /** ticked otherwise than the rules would */
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [undoMinutes, setUndoMinutes] = useState<number>(60)
  if (plan.error && !plan.data) return <ErrorState error={plan.error} onRetry={plan.refetch} />
  if (!plan.data) return <Skeleton lines={12} />
  const { items } = plan.data
  const isTicked = ({ id, why }: SpaceItem): boolean => changed.get(id) ?? why !== null
  const ticked = items.filter(isTicked)
  const bytes = ticked.reduce((sum, item) => sum + item.bytes, 0)
  const kept = ticked.filter(({ keptBy }) => keptBy.length > 0)
  const tick = (ids: readonly string[], on: boolean): void =>
    setChanged((before) => new Map([...before, ...ids.map((id) => [id, on] as const)]))
  const run = async (): Promise<void> => {
    try {
      const done = await job.start({ items: ticked.map(({ id }) => id), evenKept: kept.length > 0, undoMinutes })
      setChanged(new Map())
      toast(t('space.clean.done', { count: done.removed.length, bytes: formatBytes(done.bytes) }), {
        tone: done.skipped.length > 0 ? 'warning' : 'ok',
        detail: done.skipped.length > 0 ? t('space.clean.skipped', { count: done.skipped.length }) : '',
        action: undoBy('space.undo', { run: done.run }, t('space.undoFailed'), t('space.undone')),
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('space.clean.failed'))
    }
  }
  const undoText = (minutes: number): string =>
    minutes < 60
      ? t('space.clean.minutes', { count: minutes })
      : minutes < 1440
        ? t('space.clean.hours', { count: minutes / 60 })
        : t('space.clean.days', { count: minutes / 1440 })
  return (
    <>
      <section className={styles['section']} aria-label={t('space.clean.title')}>
        <h2>{t('space.clean.title')}</h2>
        <p className={styles['dim']}>{t('space.clean.text')}</p>
        {plan.data.overBytes > 0 && (
          <p className={styles['warn']}>{t('space.over', { bytes: formatBytes(plan.data.overBytes) })}</p>
        )}
        {items.length === 0 ? (
          <EmptyState title={t('space.clean.nothing')}>{t('space.clean.nothingText')}</EmptyState>
        ) : (
          <>
            <div className={styles['bar']}>
              <b>{t('space.clean.chosen', { count: ticked.length, bytes: formatBytes(bytes) })}</b>
              <Button kind="quiet" onClick={() => setChanged(new Map())}>
                {t('space.clean.byRules')}
              </Button>
              <Button
                kind="quiet"
                onClick={() =>
                  tick(
                    items.map(({ id }) => id),
                    false,
                  )
                }
              >
                {t('space.clean.none')}
              </Button>
              <span className={styles['grow']} />
              <Select
                label={t('space.clean.undoFor')}
                showLabel
                value={String(undoMinutes)}
                options={UNDO_MINUTES.map((value) => ({ value: String(value), label: undoText(value) }))}
                onChange={(value) => setUndoMinutes(Number(value))}
              />
              {job.running ? (
                <>
                  <progress value={job.progress?.fraction ?? undefined} max={1} aria-label={t('space.clean.running')} />
                  <Button onClick={job.cancel}>{t('ui.cancel')}</Button>
                </>
              ) : (
                <Button kind="primary" disabled={ticked.length === 0} onClick={() => void run()}>
                  {t('space.clean.run', { count: ticked.length })}
                </Button>
              )}
            </div>
            {kept.length > 0 && (
              <p className={styles['warn']} role="alert">
                {t('space.clean.kept', { count: kept.length })}
              </p>
            )}
            <table className={styles['items']} aria-label={t('space.clean.title')}>
              <thead>
                <tr>
                  <th scope="col">{t('space.col.what')}</th>
                  <th scope="col">{t('space.col.kind')}</th>
                  <th scope="col">{t('space.col.size')}</th>
                  <th scope="col">{t('space.col.since')}</th>
                  <th scope="col">{t('space.col.range')}</th>
                  <th scope="col">{t('space.col.why')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <tr key={item.id}>
                    <td>
                      <Checkbox label={item.name} checked={isTicked(item)} onChange={(on) => tick([item.id], on)} />
                    </td>
                    <td>{t(`space.removable.${item.kind}`)}</td>
                    <td className={styles['size']}>{formatBytes(item.bytes)}</td>
                    <td>
                      <Time ns={nsOf(item.since)} day precision="min" />
                    </td>
                    <td>
                      {item.from !== undefined && (
                        <>
                          <Time ns={nsOf(item.from)} day precision="min" /> –{' '}
                          <Time ns={nsOf(item.to)} day precision="min" />
                        </>
                      )}
                    </td>
                    <td>
                      {item.keptBy.length > 0
                        ? keptByText(t, item.keptBy)
                        : item.why !== null
                          ? t(`space.why.${item.why}`)
                          : item.undo
                            ? ''
                            : t('space.madeAgain')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </section>
      <Runs />
    </>
  )
}

function Runs() {
  const t = useT()
  const { data } = useMethod('space.runs', {})
  const undo = useCommand('space.undo')
  if (!data || data.runs.length === 0) return null
  const take = async (run: string): Promise<void> => {
    try {
      const { lost } = await undo.run({ run })
      toast(lost.length === 0 ? t('space.undone') : t('space.undonePartly', { count: lost.length }))
    } catch (error) {
      toastError(asWatchdeckError(error), t('space.undoFailed'))
    }
  }
  return (
    <section className={styles['section']} aria-label={t('space.runs')}>
      <h2>{t('space.runs')}</h2>
      <table className={styles['plain']}>
        <tbody>
          {data.runs.map(({ run, at, by, items, bytes, undoUntil }) => (
            <tr key={run}>
              <td>
                <Time ns={nsOf(at)} day precision="min" />
              </td>
              <td>{t(`space.by.${by}`)}</td>
              <td>{t('space.runOf', { count: items, bytes: formatBytes(bytes) })}</td>
              <td>
                {undoUntil === undefined ? (
                  <span className={styles['dim']}>{t('space.final')}</span>
                ) : (
                  <>
                    <Button kind="quiet" disabled={undo.running} onClick={() => void take(run)}>
                      {t('ui.undo')}
                    </Button>{' '}
                    {t('space.until')} <Time ns={nsOf(undoUntil)} day precision="min" />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
