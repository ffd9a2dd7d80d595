// One live source: how it is and since when, what it can and cannot do, the load that each view put on it, its last error.

import { useEffect, useState } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Health, Load, Source, TestStep } from '../../../shared/contract/sources.ts'
import { type ColumnSpec, type Frame, frameFromRows } from '../../../shared/frame/frame.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, textOf, useCommand, useEngine, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { viewOfKind } from '../../lib/view-of-kind.ts'
import { Badge, Button, type CellContext, DataTable, Drawer, ErrorState, Time, Toggle } from '../../ui/index.ts'
import { linkTo, openTarget, toast, toastError, undoBy } from '../../workbench/index.ts'
import styles from './Sources.module.css'
import { HEALTH_TONES, stateOf } from './tones.ts'
import { TestSteps } from './TestSteps.tsx'

const REFRESH_MS = 5000
const CANNOT = [
  'build-info',
  'tsdb-status',
  'queries',
  'alerts',
  'silences',
  'search',
  'search-without-service',
  'tags-without-service',
  'trace-times',
  'span-metrics',
  'alert-groups',
  'alert-history',
] as const

const LOAD_COLUMNS: readonly ColumnSpec[] = [
  { name: 'view', type: 'string' },
  { name: 'requests', type: 'int' },
  { name: 'failures', type: 'int' },
  // what weighs on the backend comes first: it is in sight however narrow the page is
  { name: 'bytesOverWire', type: 'int', unit: 'By' },
  { name: 'samples', type: 'int' },
  { name: 'busyNs', type: 'int', unit: 'ns' },
  { name: 'retries', type: 'int' },
  { name: 'shared', type: 'int' },
  { name: 'cachedSteps', type: 'int' },
]

/** px; fits the drawer without a bar */
const LOAD_WIDTHS: Readonly<Record<string, number>> = {
  view: 136,
  requests: 68,
  failures: 64,
  bytesOverWire: 104,
  busyNs: 92,
}

const loadFrame = (load: readonly Load[]): Frame =>
  frameFromRows(
    LOAD_COLUMNS,
    load.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? BigInt(Math.round(value)) : value]),
      ),
    ),
  )

export function SourceHealth({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useT()
  const engine = useEngine()
  const health = useMethod('sources.health', { id: source.id })
  const test = useCommand('sources.test')
  const [steps, setSteps] = useState<readonly TestStep[]>()
  const { refetch } = health
  useEffect(() => {
    const timer = setInterval(() => void refetch(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [refetch])
  const fail = (what: string) => (error: unknown) => toastError(asWatchdeckError(error), what)
  const remove = (): void =>
    void engine
      .call('sources.remove', { id: source.id })
      .then(() => {
        toast(t('imports.removed', { name: source.name }), {
          tone: 'neutral',
          detail: t('sources.removedText'),
          action: undoBy('sources.restore', { id: source.id }, t('imports.restoreFailed')),
        })
        onClose()
      })
      .catch(fail(t('imports.removeFailed')))
  const told: Health | undefined = health.data?.sources[0]
  const state = stateOf(told?.state, told?.lacksSecrets)
  return (
    <Drawer
      title={source.name}
      label={t('imports.detailOf', { name: source.name })}
      onClose={onClose}
      actions={told && <Badge tone={HEALTH_TONES[state]}>{t(`sources.health.${state}`)}</Badge>}
    >
      <div className={styles['detail']}>
        <div className={styles['buttons']}>
          <a
            className={styles['primaryLink']}
            href={linkTo(
              viewOfKind(source.kind),
              { sources: [source.id], range: { from: 'now-1h', to: 'now' } },
              { filters: [] },
            )}
          >
            {t('imports.lookAt')}
          </a>
          <Button
            disabled={test.running}
            onClick={() =>
              void test
                .run({ id: source.id })
                .then((answer) => setSteps(answer.steps))
                .catch(fail(t('sources.testFailed')))
            }
          >
            {t(test.running ? 'sources.testing' : 'sources.test')}
          </Button>
          <Button icon="edit" onClick={() => openTarget({ view: 'sources', path: [source.id, 'edit'] })}>
            {t('sources.edit')}
          </Button>
          <Button kind="danger" icon="trash" onClick={remove}>
            {t('ui.remove')}
          </Button>
        </div>
        <Toggle
          label={t('imports.switchedOn')}
          checked={source.state === 'ready'}
          onChange={(on) =>
            void engine.call('sources.update', { id: source.id, on }).catch(fail(t('imports.changeFailed')))
          }
        />
        {state === 'secrets' && (
          <p className={styles['warn']}>
            {t(`sources.lacks.${source.live?.keeps ?? 'vault'}`)}{' '}
            <a href={linkTo('sources', {}, { path: [source.id, 'edit'] })}>{t('sources.giveAgain')}</a>
          </p>
        )}
        {steps && <TestSteps steps={steps} />}
        {health.error && !told && <ErrorState error={health.error} onRetry={refetch} />}
        {told && <Facts source={source} health={told} />}
        <section>
          <h3>{t('sources.load')}</h3>
          {told && told.load.length > 0 ? (
            <div className={styles['loadTable']}>
              <DataTable
                id="sources.load"
                label={t('sources.load')}
                frame={loadFrame(told.load)}
                columns={LOAD_COLUMNS.map(({ name }) => ({
                  id: name,
                  title: t(`sources.load.${name as keyof Load & LoadName}`),
                  width: LOAD_WIDTHS[name] ?? 76,
                  ...(name === 'view' ? { render: (context: CellContext) => <ViewName {...context} /> } : {}),
                }))}
              />
            </div>
          ) : (
            <p className={styles['dim']}>{t('sources.loadNone')}</p>
          )}
        </section>
      </div>
    </Drawer>
  )
}

/** The ledger names methods; people know what they see by them. */
function ViewName({ frame, row }: CellContext) {
  const t = useT()
  const method = textOf(frame, 'view', row)
  return <span title={method}>{t('sources.load.viewName', { view: method.replace('.', '_'), method })}</span>
}

type LoadName = Exclude<keyof Load, 'bytesUnpacked'>

function Facts({ source, health }: { source: Source; health: Health }) {
  const t = useT()
  const { capabilities, lastError } = health
  const time = (text: string | undefined) => <Time ns={tryParseRfc3339(text ?? '') ?? null} day />
  const cannot = CANNOT.filter((name) => capabilities?.cannot.includes(name))
  return (
    <section>
      <dl className={styles['facts']}>
        <dt>{t('sources.field.url')}</dt>
        <dd className={styles['mono']}>{source.live?.url}</dd>
        {capabilities && (
          <>
            <dt>{t('sources.product')}</dt>
            <dd>{`${capabilities.product} ${capabilities.version}`}</dd>
          </>
        )}
        <dt>{t('sources.since')}</dt>
        <dd>{time(health.since)}</dd>
        <dt>{t('sources.lastOk')}</dt>
        <dd>{time(health.lastOkAt)}</dd>
        {health.restsUntil !== undefined && (
          <>
            <dt>{t('sources.restsUntil')}</dt>
            <dd>{time(health.restsUntil)}</dd>
          </>
        )}
        <dt>{t('sources.budget')}</dt>
        <dd>
          {t('sources.budgetText', {
            inFlight: health.inFlight,
            most: health.limits.inFlight,
            waiting: health.waiting,
            rate: formatCount(health.limits.perSecond),
          })}
        </dd>
        {cannot.length > 0 && (
          <>
            <dt>{t('sources.cannot')}</dt>
            <dd>{cannot.map((name) => t(`sources.cannot.${name}`)).join(' · ')}</dd>
          </>
        )}
      </dl>
      {lastError && (
        <div className={styles['lastError']}>
          <h3>{t('sources.lastError')}</h3>
          <p>
            {time(lastError.at)} {say(lastError.message)}
          </p>
          {lastError.hint !== undefined && <p className={styles['hint']}>{say(lastError.hint)}</p>}
        </div>
      )}
    </section>
  )
}
