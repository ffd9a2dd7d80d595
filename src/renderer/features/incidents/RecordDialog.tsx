// Recording: what it would cost, within which budget; while it runs what it costs, and which times are missing.

import { useState } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import type { Recording } from '../../../shared/contract/recording.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, engine, useCommand, useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, Dialog, ErrorState, PartialNote, Skeleton, StatusShape, TextField, Time } from '../../ui/index.ts'
import { toastError } from '../../workbench/index.ts'
import styles from './Forms.module.css'

const REFRESH_MS = 5000
const MOST_GAPS = 8
const LIMITS = { requests: [2, 10_000], samples: [100, 100_000_000], megabytes: [0.01, 10_000] } as const
type Field = keyof typeof LIMITS

export function RecordDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const t = useT()
  const status = useMethod('recording.status', { incident: incident.id }, { refetchEvery: REFRESH_MS })
  const recording = status.data
  return (
    <Dialog open onClose={onClose} width="wide" title={t('recordings.title')} description={t('recordings.text')}>
      {!recording ? (
        status.error ? (
          <ErrorState error={status.error} onRetry={status.refetch} />
        ) : (
          <Skeleton height={260} />
        )
      ) : recording.state === 'running' ? (
        <Running incident={incident} recording={recording} onClose={onClose} />
      ) : (
        <Start incident={incident} recording={recording} onClose={onClose} />
      )}
    </Dialog>
  )
}

interface Cost {
  readonly source: string
  readonly tracks: ReadonlyArray<{ readonly part: string; readonly query: string; readonly rows?: number }>
  readonly perMinute: { readonly requests: number; readonly samples: number; readonly bytes: number }
  readonly overBudget?: boolean
}

function useNameOf(): (source: string) => string {
  const sources = useMethod('sources.list', {})
  return (id) => sources.data?.sources.find((each) => each.id === id)?.name ?? id
}

function Costs({ costs, kept }: { costs: readonly Cost[]; kept: boolean }) {
  const t = useT()
  const nameOf = useNameOf()
  const parts = (tracks: Cost['tracks']) => {
    const count = (part: string) => tracks.filter((track) => track.part === part).length
    const all = tracks.some(({ part, query }) => part === 'traces' && query === '')
    const [metrics, traces] = [count('metrics'), count('traces')]
    return [
      ...(metrics > 0 ? [t('recordings.part.metrics', { count: metrics })] : []),
      ...(all ? [t('recordings.part.all')] : traces > 0 ? [t('recordings.part.traces', { count: traces })] : []),
      ...(count('alerts') > 0 ? [t('recordings.part.alerts')] : []),
    ].join(' · ')
  }
  return (
    <table className={styles['rules']}>
      <thead>
        <tr>
          <th>{t('recordings.source')}</th>
          <th>{t('recordings.what')}</th>
          <th className={styles['count']}>{t('recordings.requests')}</th>
          <th className={styles['count']}>{t('recordings.samples')}</th>
          <th className={styles['count']}>{t('recordings.bytes')}</th>
          {kept && <th className={styles['count']}>{t('recordings.rows')}</th>}
        </tr>
      </thead>
      <tbody>
        {costs.map(({ source, tracks, perMinute, overBudget }) => (
          <tr key={source}>
            <td>
              {nameOf(source)}
              {overBudget === true && (
                <>
                  {' '}
                  <StatusShape tone="warning" /> {t('recordings.over')}
                </>
              )}
            </td>
            <td title={tracks.map(({ query }) => query).join('\n')}>{parts(tracks)}</td>
            <td className={styles['count']}>{formatCount(perMinute.requests)}</td>
            <td className={styles['count']}>{formatCount(perMinute.samples)}</td>
            <td className={styles['count']}>{formatBytes(perMinute.bytes)}</td>
            {kept && (
              <td className={styles['count']}>{formatCount(tracks.reduce((sum, { rows }) => sum + (rows ?? 0), 0))}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Gaps({ recording }: { recording: Recording }) {
  const t = useT()
  const nameOf = useNameOf()
  const gaps = recording.gaps.toSorted((a, b) => (a.from < b.from ? 1 : -1))
  return (
    <section className={styles['section']}>
      <h3>{t('recordings.gaps')}</h3>
      {gaps.length === 0 && <p className={styles['dim']}>{t('recordings.noGaps')}</p>}
      {gaps.slice(0, MOST_GAPS).map((gap) => (
        <p key={`${gap.source} ${gap.from} ${gap.reason}`} className={styles['warn']}>
          <StatusShape tone={gap.refilledAt === undefined ? 'warning' : 'ok'} />
          <span>
            <Time ns={tryParseRfc3339(gap.from)} /> – <Time ns={tryParseRfc3339(gap.to)} /> {nameOf(gap.source)}{' '}
            {t(gap.refilledAt === undefined ? 'recordings.open' : 'recordings.refilled')}:{' '}
            <span className={styles['dim']}>{say(gap.reason)}</span>
          </span>
        </p>
      ))}
      {gaps.length > MOST_GAPS && (
        <p className={styles['dim']}>{t('recordings.moreGaps', { count: gaps.length - MOST_GAPS })}</p>
      )}
      <Problems all={problemsOf(recording)} />
    </section>
  )
}

type Problem = Pick<Recording['unrecorded'][number], 'what' | 'reason'>

/** What a source refuses, besides what cannot be asked at all. */
const problemsOf = ({ unrecorded, sources }: Recording): Problem[] => [
  ...unrecorded,
  ...sources.flatMap(({ tracks }) =>
    tracks.flatMap(({ query, problem }) => (problem === undefined ? [] : [{ what: query, reason: problem }])),
  ),
]

function Problems({ all }: { all: readonly Problem[] }) {
  const t = useT()
  if (all.length === 0) return null
  return (
    <>
      <h3>{t('recordings.unrecorded')}</h3>
      {all.map(({ what, reason }) => (
        <p key={what} className={styles['warn']}>
          <StatusShape tone="warning" />
          <span>
            <code>{what}</code> <span className={styles['dim']}>{say(reason)}</span>
          </span>
        </p>
      ))}
    </>
  )
}

function Running({ incident, recording, onClose }: { incident: Incident; recording: Recording; onClose: () => void }) {
  const t = useT()
  const stop = useCommand('recording.stop')
  return (
    <div className={styles['form']}>
      <section className={styles['section']}>
        <h3>{t('recordings.cost')}</h3>
        <p className={styles['dim']}>{t('recordings.costText')}</p>
        <Costs
          kept
          costs={recording.sources.map(({ lastMinute, ...source }) => ({ ...source, perMinute: lastMinute }))}
        />
      </section>
      <Gaps recording={recording} />
      <div className={styles['end']}>
        <Button onClick={onClose}>{t('ui.close')}</Button>
        <Button
          kind="primary"
          icon="pause"
          disabled={stop.running}
          onClick={() =>
            void stop
              .run({ incident: incident.id })
              .then(onClose)
              .catch((error: unknown) => toastError(asWatchdeckError(error), t('recordings.stopFailed')))
          }
        >
          {t(stop.running ? 'recordings.stopping' : 'recordings.stop')}
        </Button>
      </div>
    </div>
  )
}

function Start({ incident, recording, onClose }: { incident: Incident; recording: Recording; onClose: () => void }) {
  const t = useT()
  const plan = useMethod('recording.plan', { incident: incident.id }, { staleMs: 0 })
  const [typed, setTyped] = useState<Record<Field, string>>({
    requests: String(recording.budget.requests),
    samples: String(recording.budget.samples),
    megabytes: String(recording.budget.bytes / 1e6),
  })
  const value = (field: Field): number | undefined => {
    const number = Number(typed[field])
    const [least, most] = LIMITS[field]
    const fits = typed[field].trim() !== '' && number >= least && number <= most
    return fits && (field === 'megabytes' || Number.isInteger(number)) ? number : undefined
  }
  const [requests, samples, megabytes] = [value('requests'), value('samples'), value('megabytes')]
  const again = recording.state !== 'none'
  const ready = requests !== undefined && samples !== undefined && megabytes !== undefined
  const nothing = plan.data?.sources.length === 0
  const start = async (): Promise<void> => {
    if (!ready) return
    const budget = { requests, samples, bytes: Math.round(megabytes * 1e6) }
    try {
      // detached: it goes on when this window is closed
      await engine().start('recording.start', { incident: incident.id, budget })
      onClose()
    } catch (error) {
      toastError(asWatchdeckError(error), t('recordings.startFailed'))
    }
  }
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!nothing) void start()
      }}
    >
      {again && (
        <p className={styles['warn']}>
          <StatusShape tone={recording.state === 'interrupted' ? 'warning' : 'note'} />
          {t(recording.state === 'interrupted' ? 'recordings.interruptedText' : 'recordings.stoppedText')}
        </p>
      )}
      <section className={styles['section']}>
        <h3>{t('recordings.expected')}</h3>
        <p className={styles['dim']}>{t('recordings.expectedText')}</p>
        {plan.error ? (
          <ErrorState error={plan.error} onRetry={plan.refetch} what={t('recordings.planFailed')} />
        ) : !plan.data ? (
          <Skeleton height={60} />
        ) : nothing ? (
          <p>{t('recordings.nothingLive')}</p>
        ) : (
          <>
            <Costs kept={false} costs={plan.data.sources} />
            <PartialNote completeness={plan.data.completeness} />
            <Problems all={plan.data.unrecorded} />
          </>
        )}
      </section>
      <section className={styles['section']}>
        <h3>{t('recordings.budget')}</h3>
        <p className={styles['dim']}>{t('recordings.budgetText')}</p>
        <div className={styles['three']}>
          {(['requests', 'samples', 'megabytes'] as const).map((field) => (
            <TextField
              key={field}
              label={t(`recordings.budget.${field}`)}
              showLabel
              mono
              inputMode="decimal"
              value={typed[field]}
              onChange={(text) => setTyped({ ...typed, [field]: text })}
              {...(value(field) === undefined
                ? {
                    error: t('recordings.notANumber', {
                      least: formatCount(LIMITS[field][0]),
                      most: formatCount(LIMITS[field][1]),
                    }),
                  }
                : {})}
            />
          ))}
        </div>
      </section>
      {again && recording.gaps.length > 0 && <Gaps recording={recording} />}
      <div className={styles['end']}>
        <Button onClick={onClose}>{t('ui.cancel')}</Button>
        <Button type="submit" kind="primary" icon="record" disabled={!ready || nothing}>
          {t(again ? 'recordings.resume' : 'recordings.start')}
        </Button>
      </div>
    </form>
  )
}
