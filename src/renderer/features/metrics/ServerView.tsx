// What the Prometheuses in sight say about themselves: rules with their expression as a lane, targets, what series cost, how they run.

import { type ReactNode, useMemo, useState } from 'react'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, jsonOf, type MethodState, numberOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount, formatDurationNs } from '../../lib/format.ts'
import {
  DataTable,
  Drawer,
  EmptyState,
  ErrorState,
  PartialNote,
  Skeleton,
  SplitPane,
  StatusShape,
  type TableColumn,
  Tabs,
  Time,
} from '../../ui/index.ts'
import {
  linkTo,
  setParam,
  setRange,
  useParam,
  useRange,
  useSourceColumn,
  useSources,
  HelpLink,
} from '../../workbench/index.ts'
import { LaneChart } from './LaneChart.tsx'
import { encodeLanes, newLane } from './lanes.ts'
import styles from './metrics.module.css'
import { splitThreshold } from './threshold.ts'

const TABS = ['rules', 'targets', 'cardinality', 'server'] as const
type Tab = (typeof TABS)[number]

export default function ServerView() {
  const t = useT()
  const [param] = useParam<string>('tab', 'rules')
  const tab: Tab = TABS.find((each) => each === param) ?? 'rules'
  const sources = useSources()
  const sourceColumn = useSourceColumn(t('metrics.server.source'))
  const scope = useMemo(() => (sources ? { sources } : {}), [sources])
  const rules = useMethod('metrics.rules', tab === 'rules' ? scope : null)
  const targets = useMethod('metrics.targets', tab === 'targets' ? scope : null)
  const cardinality = useMethod('metrics.cardinality', tab === 'cardinality' ? scope : null)
  const server = useMethod('metrics.server', tab === 'server' ? scope : null)
  const [chosen, setChosen] = useState<string>()
  const time = (id: string, title: string): TableColumn => ({
    id,
    title,
    width: 90,
    render: ({ frame, row }) => {
      const at = cellOf(frame, id, row)
      return typeof at === 'bigint' ? <Time ns={at} /> : null
    },
  })
  const length = (id: string, title: string): TableColumn => ({
    id,
    title,
    width: 80,
    align: 'end',
    render: ({ frame, row }) => formatDurationNs(BigInt(Math.round(numberOf(frame, id, row)))),
  })
  const holdsFor = length('holdsForNs', t('metrics.server.holdsFor'))
  const ruleColumns: TableColumn[] = [
    {
      id: 'state',
      title: t('metrics.server.state'),
      width: 110,
      render: ({ frame, row }) => {
        const failed = textOf(frame, 'health', row) === 'err'
        const state = textOf(frame, 'state', row) || textOf(frame, 'type', row)
        return (
          <span className={styles['ruleState']}>
            <StatusShape tone={failed ? 'critical' : toneOf(state)} />{' '}
            {failed ? t('metrics.server.failing') : t('metrics.server.ruleState', { state })}
          </span>
        )
      },
    },
    { id: 'name', title: t('metrics.server.name'), width: 200 },
    ...sourceColumn(rules.data?.table),
    { id: 'query', title: t('metrics.server.query'), width: 220, grow: true },
    { id: 'lastError', title: t('metrics.server.lastError'), width: 160, grow: true },
    {
      ...holdsFor,
      // what records has nothing to hold for
      render: (cell) => (textOf(cell.frame, 'type', cell.row) === 'alerting' ? holdsFor.render?.(cell) : null),
    },
    length('evaluationNs', t('metrics.server.took')),
    time('evaluatedAt', t('metrics.server.evaluatedAt')),
    { id: 'group', title: t('metrics.server.group'), width: 120 },
  ]
  const targetColumns: TableColumn[] = [
    {
      id: 'health',
      title: t('metrics.server.state'),
      width: 90,
      render: ({ frame, row }) => {
        const health = textOf(frame, 'health', row)
        return (
          <span className={styles['ruleState']}>
            <StatusShape tone={health === 'up' ? 'ok' : health === 'down' ? 'critical' : 'neutral'} />{' '}
            {t('metrics.server.health', { health })}
          </span>
        )
      },
    },
    { id: 'job', title: t('metrics.server.job'), width: 150 },
    { id: 'instance', title: t('metrics.server.instance'), width: 170 },
    ...sourceColumn(targets.data?.table),
    { id: 'lastError', title: t('metrics.server.lastError'), width: 180, grow: true },
    time('scrapedAt', t('metrics.server.scrapedAt')),
    length('scrapeNs', t('metrics.server.took')),
    { id: 'interval', title: t('metrics.server.interval'), width: 80 },
    { id: 'url', title: t('metrics.server.url'), width: 220, grow: true },
  ]
  const costColumns: TableColumn[] = [
    {
      id: 'kind',
      title: t('metrics.server.kind'),
      width: 130,
      render: ({ frame, row }) => t('metrics.server.kindName', { kind: textOf(frame, 'kind', row) }),
    },
    { id: 'name', title: t('metrics.server.name'), width: 320, grow: true },
    ...sourceColumn(cardinality.data?.table),
    { id: 'series', title: t('metrics.server.series'), width: 110 },
    { id: 'values', title: t('metrics.server.values'), width: 110 },
    { id: 'bytes', title: t('metrics.server.bytes'), width: 110 },
  ]
  const factColumns: TableColumn[] = [
    {
      id: 'part',
      title: t('metrics.server.kind'),
      width: 130,
      render: ({ frame, row }) => t('metrics.server.part', { part: textOf(frame, 'part', row) }),
    },
    { id: 'name', title: t('metrics.server.name'), width: 320 },
    { id: 'value', title: t('metrics.server.value'), width: 320, grow: true },
    ...sourceColumn(server.data?.table),
  ]
  const keyOf = (frame: Frame, row: number): string =>
    ['source', 'group', 'job', 'kind', 'part', 'name', 'instance', 'query']
      .map((name) => textOf(frame, name, row))
      .join(' ')
  const rowOf = (frame: Frame | undefined): number => {
    for (let row = 0; frame && row < frame.rowCount; row++) if (keyOf(frame, row) === chosen) return row
    return -1
  }
  const listOf = (
    answer: MethodState<{ readonly table: Frame }>,
    columns: TableColumn[],
    isBad: (frame: Frame, row: number) => boolean,
  ): ReactNode => {
    if (answer.error && !answer.data) return <ErrorState error={answer.error} onRetry={answer.refetch} />
    if (!answer.data) return <Skeleton lines={16} />
    const { table } = answer.data
    return (
      <DataTable
        id={`metrics.${tab}`}
        label={t(`metrics.server.${tab}`)}
        frame={table}
        columns={columns}
        selected={rowOf(table)}
        onSelect={(row) => setChosen(keyOf(table, row))}
        rowTone={(frame, row) => (isBad(frame, row) ? 'critical' : undefined)}
        stale={answer.stale}
        empty={
          <EmptyState
            title={t('metrics.server.none')}
            actions={
              <>
                <a href={linkTo('sources')}>{t('metrics.server.toSources')}</a>
                <HelpLink topic="connectors" />
              </>
            }
          >
            {t('metrics.server.noneText')}
          </EmptyState>
        }
      />
    )
  }
  const contents: Record<Tab, ReactNode> = {
    rules: listOf(
      rules,
      ruleColumns,
      (frame, row) => textOf(frame, 'health', row) === 'err' || textOf(frame, 'state', row) === 'firing',
    ),
    targets: listOf(targets, targetColumns, (frame, row) => textOf(frame, 'health', row) === 'down'),
    cardinality: listOf(cardinality, costColumns, () => false),
    server: listOf(server, factColumns, (frame, row) => cellOf(frame, 'worries', row) === true),
  }
  const answer = { rules, targets, cardinality, server }[tab]
  const frame = answer.data?.table
  const at = rowOf(frame)
  const close = (): void => setChosen(undefined)
  const isMetric = tab === 'cardinality' && frame !== undefined && at >= 0 && textOf(frame, 'kind', at) === 'metric'
  return (
    <SplitPane
      id="metrics.server"
      covers
      label={t('metrics.server.detail')}
      direction="row"
      sized="second"
      initial={520}
      min={320}
      open={at >= 0 && (tab === 'rules' || isMetric)}
    >
      {[
        <div key="list" className={styles['server']}>
          <div className={styles['serverNote']}>
            <PartialNote completeness={answer.data?.completeness} />
          </div>
          <Tabs
            label={t('metrics.server.title')}
            value={tab}
            onChange={(next) => setParam('tab', next === 'rules' ? undefined : next)}
            className={styles['serverTabs'] ?? ''}
            tabs={TABS.map((id) => ({
              id,
              label: t(`metrics.server.${id}`),
              content: id === tab ? contents[id] : null,
            }))}
          />
        </div>,
        frame && at >= 0 && tab === 'rules' ? (
          <Rule key={`${at}`} frame={frame} row={at} onClose={close} />
        ) : isMetric && frame ? (
          <Costly
            key={`${at}`}
            metric={textOf(frame, 'name', at)}
            source={textOf(frame, 'source', at)}
            onClose={close}
          />
        ) : null,
      ]}
    </SplitPane>
  )
}

const toneOf = (state: string) =>
  state === 'firing' ? 'critical' : state === 'pending' ? 'warning' : state === 'inactive' ? 'ok' : 'neutral'

function Rule({ frame, row, onClose }: { frame: Frame; row: number; onClose: () => void }) {
  const t = useT()
  const range = useRange()
  const query = textOf(frame, 'query', row)
  const lane = useMemo(() => {
    const split = splitThreshold(query)
    return newLane(split.query, { threshold: split.threshold })
  }, [query])
  const pairs = ['labels', 'annotations'].flatMap((name) => {
    const value = jsonOf(frame, name, row)
    return typeof value === 'object' && value !== null ? Object.entries(value) : []
  })
  const error = textOf(frame, 'lastError', row)
  return (
    <Drawer title={textOf(frame, 'name', row)} label={t('metrics.server.detail')} onClose={onClose}>
      <div className={styles['serverDetail']}>
        {error !== '' && <p role="alert">{error}</p>}
        <pre className={styles['ruleQuery']}>{query}</pre>
        <LaneChart
          lane={lane}
          range={range}
          input={range.input}
          sources={[textOf(frame, 'source', row)]}
          unit=""
          group="metrics.server"
          height={160}
          onBrush={setRange}
        />
        <a href={linkTo('metrics', { lanes: encodeLanes([lane]) })}>{t('metrics.server.toMetrics')}</a>
        <dl className={styles['ruleFacts']}>
          <dt>{t('metrics.server.file')}</dt>
          <dd>{textOf(frame, 'file', row)}</dd>
          {pairs.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Drawer>
  )
}

function Costly({ metric, source, onClose }: { metric: string; source: string; onClose: () => void }) {
  const t = useT()
  const { input } = useRange()
  const answer = useMethod('metrics.costly', { metric, sources: [source], at: input.to })
  const first = answer.data && answer.data.table.rowCount > 0 ? answer.data.table : undefined
  return (
    <Drawer title={metric} label={t('metrics.server.detail')} onClose={onClose}>
      <div className={styles['serverDetail']}>
        {answer.error && <ErrorState error={answer.error} onRetry={answer.refetch} />}
        {!answer.data && !answer.error && <Skeleton lines={6} />}
        {first && (
          <h2>
            {t('metrics.server.costlyHeadline', {
              label: textOf(first, 'label', 0),
              series: formatCount(answer.data?.summary?.series ?? 0),
              without: formatCount(numberOf(first, 'without', 0)),
            })}
          </h2>
        )}
        {answer.data && (
          <DataTable
            id="metrics.costly"
            label={t('metrics.server.costly')}
            frame={answer.data.table}
            columns={(['label', 'values', 'without', 'saved'] as const).map((id) => ({
              id,
              title: t(`metrics.server.${id}`),
              width: 110,
            }))}
          />
        )}
        <PartialNote completeness={answer.data?.completeness} />
      </div>
    </Drawer>
  )
}
