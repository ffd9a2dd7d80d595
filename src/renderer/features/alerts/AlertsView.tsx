// Alerts of the range: how many fire in words, their groups as the backends route them, the list, one of them beside it;
// silences and what was done to them in a second tab.

import { useMemo, useRef, useState } from 'react'
import { ALERT_STATES } from '../../../shared/contract/alerts.ts'
import { gather } from '../../../shared/frame/gather.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import {
  Button,
  DataTable,
  EmptyState,
  ErrorState,
  NameTag,
  PartialNote,
  Skeleton,
  SplitPane,
  StatusShape,
  type TableColumn,
  Tabs,
  TextField,
  Time,
} from '../../ui/index.ts'
import {
  openTarget,
  serviceOf,
  setParam,
  setParams,
  useCommands,
  useFilters,
  useParam,
  useScope,
  useSourceColumn,
  useValueMenu,
  WaysOut,
  WhyButton,
} from '../../workbench/index.ts'
import { AlertDetail } from './AlertDetail.tsx'
import styles from './alerts.module.css'
import { type AlertRow, alertAt, alertOf, groupsOf, toneOf } from './rows.ts'
import { SilenceDialog } from './SilenceDialog.tsx'
import { Silences } from './Silences.tsx'

export default function AlertsView() {
  const t = useT()
  const scope = useScope()
  const filters = useFilters()
  const [text] = useParam<string>('text', '')
  const [state] = useParam<string>('state', '')
  const [group] = useParam<string>('group', '')
  const [chosen] = useParam<string>('alert', '')
  const [tab] = useParam<string>('tab', 'alerts')
  const [silencing, setSilencing] = useState<AlertRow>()
  const query = useRef<HTMLInputElement>(null)
  useCommands(
    useMemo(
      () => [
        {
          id: 'alerts.query',
          title: 'workbench.command.query' as const,
          keys: ['/'],
          group: 'alerts.title' as const,
          inPalette: false,
          run: () => query.current?.focus(),
        },
      ],
      [],
    ),
  )
  const input = useMemo(() => ({ ...scope, ...(text === '' ? {} : { text }), limit: 5000 }), [scope, text])
  const list = useMethod('alerts.list', input)
  const routed = useMethod('alerts.groups', scope.sources ? { sources: scope.sources } : {})
  const service = serviceOf(filters)
  const frame = list.data?.table
  const all = useMemo(
    () =>
      frame
        ? Array.from({ length: frame.rowCount }, (_, row) => alertAt(frame, row)).filter(
            (alert) => service === undefined || alert.service === service,
          )
        : [],
    [frame, service],
  )
  const groups = useMemo(() => groupsOf(all, routed.data?.groups ?? []), [all, routed.data])
  const shown = useMemo(() => {
    if (!frame) return undefined
    const within = groups.find(({ id }) => id === group)
    const kept = new Set(
      all.filter((a) => (state === '' || a.state === state) && (within?.holds(a) ?? true)).map(({ id }) => id),
    )
    const rows = Array.from({ length: frame.rowCount }, (_, row) => row)
      .map((row) => ({ row, alert: alertAt(frame, row) }))
      .filter(({ alert }) => kept.has(alert.id))
    // what fires stands above what has ended; newest first in each
    const order = ['active', 'suppressed', 'pending', 'ended']
    rows.sort((a, b) => order.indexOf(a.alert.state) - order.indexOf(b.alert.state) || a.row - b.row)
    return gather(
      frame,
      Int32Array.from(rows, ({ row }) => row),
    )
  }, [frame, all, groups, group, state])
  const one = useMemo(() => alertOf(all, chosen), [all, chosen])
  const selected = useMemo(() => {
    for (let row = 0; shown && row < shown.rowCount; row++) if (alertAt(shown, row).id === one?.id) return row
    return -1
  }, [shown, one])
  const narrowed = text !== '' || state !== '' || group !== ''
  // where no row is left, the way out is offered among the others
  const offered = tab !== 'silences' && shown?.rowCount === 0 && !list.stale
  const clear = (
    <Button
      kind="quiet"
      icon="close"
      onClick={() => {
        setParams({ text: undefined, state: undefined, group: undefined })
        // the button goes with what it cleared
        query.current?.focus()
      }}
    >
      {t('alerts.clear')}
    </Button>
  )
  const count = (of: string): number => all.filter((alert) => alert.state === of).length
  const values = useValueMenu({
    question: { method: 'alerts.list', input },
    title: t('alerts.title'),
    fields: { service: 'service' },
  })
  const sourceColumn = useSourceColumn(t('alerts.source'))
  const columns = useMemo(
    (): TableColumn[] => [
      {
        id: 'state',
        title: t('alerts.state'),
        width: 110,
        render: ({ frame: f, row }) => {
          const alert = alertAt(f, row)
          return (
            <span className={styles['state']}>
              <StatusShape tone={toneOf(alert)} /> {t('alerts.stateName', { state: alert.state })}
            </span>
          )
        },
      },
      { id: 'name', title: t('alerts.name'), width: 200 },
      { id: 'severity', title: t('alerts.severity'), width: 80 },
      {
        id: 'service',
        title: t('alerts.service'),
        width: 130,
        render: ({ frame: f, row }) => {
          const name = textOf(f, 'service', row)
          return name === '' ? null : <NameTag name={name} />
        },
      },
      ...sourceColumn(frame),
      { id: 'summary', title: t('alerts.summary'), width: 214, grow: true },
      ...(['startsAt', 'endsAt'] as const).map(
        (id): TableColumn => ({
          id,
          title: t(`alerts.${id}`),
          width: 160,
          render: ({ frame: f, row }) => {
            const at = cellOf(f, id, row)
            return typeof at === 'bigint' ? <Time ns={at} day /> : null
          },
        }),
      ),
    ],
    [t, sourceColumn, frame],
  )

  const alertsPane =
    list.error && !list.data ? (
      <ErrorState error={list.error} onRetry={list.refetch} what={t('alerts.failed')} />
    ) : shown ? (
      <div className={styles['pane']}>
        <div className={styles['groups']} role="group" aria-label={t('alerts.groups')}>
          <Button kind="quiet" pressed={group === ''} onClick={() => setParam('group', undefined)}>
            {t('alerts.all')} <span className={styles['dim']}>{formatCount(all.length)}</span>
          </Button>
          {groups.map(({ id, text: name, count: of }) => (
            <Button key={id} kind="quiet" pressed={group === id} onClick={() => setParam('group', id)}>
              {name} <span className={styles['dim']}>{formatCount(of)}</span>
            </Button>
          ))}
          <WhyButton question={{ method: 'alerts.list', input, rows: all.length }} value={formatCount(all.length)} />
        </div>
        <DataTable
          id="alerts.list"
          label={t('alerts.title')}
          frame={shown}
          columns={columns}
          selected={selected}
          onSelect={(row) => setParam('alert', alertAt(shown, row).id, { replace: true })}
          onCellMenu={values.onCellMenu}
          rowTone={(f, row) => {
            const tone = toneOf(alertAt(f, row))
            return tone === 'critical' || tone === 'warning' ? tone : undefined
          }}
          stale={list.stale}
          empty={
            <EmptyState
              title={t('alerts.none')}
              actions={
                <WaysOut topic="connect">
                  {narrowed && clear}
                  <Button icon="sources" onClick={() => openTarget({ view: 'sources', path: ['new'], filters: [] })}>
                    {t('sources.addTitle')}
                  </Button>
                </WaysOut>
              }
            >
              {t('alerts.noneText')}
            </EmptyState>
          }
        />
        {values.menu}
      </div>
    ) : (
      <Skeleton lines={16} />
    )

  return (
    <div className={styles['view']}>
      <div className={styles['query']}>
        <TextField
          ref={query}
          icon="search"
          label={t('alerts.search')}
          placeholder={t('alerts.search')}
          value={text}
          onChange={(next) => setParam('text', next === '' ? undefined : next, { replace: true })}
          className={styles['search'] ?? ''}
        />
        <div role="group" aria-label={t('alerts.state')} className={styles['states']}>
          {ALERT_STATES.map((each) => (
            <Button
              key={each}
              kind="quiet"
              pressed={state === each}
              onClick={() => setParam('state', state === each ? undefined : each)}
            >
              {t('alerts.stateName', { state: each })}
            </Button>
          ))}
        </div>
        {narrowed && !offered && clear}
        <h2 className={styles['headline']}>
          {list.data
            ? t('alerts.headline', {
                active: count('active'),
                suppressed: count('suppressed'),
                pending: count('pending'),
                ended: count('ended'),
              })
            : ''}
        </h2>
        <WhyButton question={{ method: 'alerts.list', input }} value={t('alerts.title')} />
        <PartialNote completeness={list.data?.completeness} />
      </div>
      <SplitPane
        id="alerts.detail"
        covers
        label={t('alerts.detail')}
        direction="row"
        sized="second"
        initial={460}
        min={300}
        open={one !== undefined}
        className={styles['split'] ?? ''}
      >
        {[
          <Tabs
            key="list"
            label={t('alerts.title')}
            value={tab === 'silences' ? 'silences' : 'alerts'}
            onChange={(next) => setParam('tab', next === 'alerts' ? undefined : next)}
            className={styles['tabs'] ?? ''}
            tabs={[
              { id: 'alerts', label: t('alerts.title'), content: alertsPane },
              { id: 'silences', label: t('alerts.silences'), content: <Silences sources={scope.sources} /> },
            ]}
          />,
          one ? (
            <AlertDetail
              key={one.id}
              alert={one}
              onSilence={() => setSilencing(one)}
              onClose={() => setParam('alert', undefined, { replace: true })}
            />
          ) : null,
        ]}
      </SplitPane>
      {silencing && <SilenceDialog alert={silencing} onClose={() => setSilencing(undefined)} />}
    </div>
  )
}
