// One lane of the metrics view: its query, its picture, how it is drawn, its series as numbers.

import { useEffect, useMemo, useState } from 'react'
import { say, useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { CodeEditor, Icon, IconButton, Menu, type MenuGroup, PartialNote, Select, TextField } from '../../ui/index.ts'
import { brushRange, copyText, pin, useRange, useValueMenu } from '../../workbench/index.ts'
import { commonService, type Drawn, LaneChart } from './LaneChart.tsx'
import { expand, letterOf } from './expressions.ts'
import { COMPARES, type Lane, TOPS } from './lanes.ts'
import styles from './metrics.module.css'
import { QueryBuilder } from './QueryBuilder.tsx'
import { SeriesTable } from './SeriesTable.tsx'
import { type MetricUnit, unitOfQuery } from '../../../shared/promql/index.ts'

export interface LaneCardProps {
  readonly lane: Lane
  readonly index: number
  /** of the picture, px */
  readonly height: number
  readonly count: number
  /** of all lanes: they may speak of each other by letter */
  readonly queries: readonly string[]
  readonly metricNames: readonly string[]
  readonly sources: string[] | undefined
  readonly unitOf: MetricUnit
  readonly isHistogram: (query: string) => boolean
  readonly onChange: (change: Partial<Lane>) => void
  readonly onMove: (from: number, to: number) => void
  readonly onDuplicate: () => void
  readonly onRemove: () => void
}

const DRAGGED = 'application/x-watchdeck-lane'

export function LaneCard(props: LaneCardProps) {
  const { lane, index, count, sources, queries, onChange } = props
  const t = useT()
  const range = useRange()
  const [draft, setDraft] = useState(lane.query)
  useEffect(() => setDraft((now) => (now.trim() === lane.query.trim() ? now : lane.query)), [lane.query])
  const [over, setOver] = useState(false)
  const values = useValueMenu()
  const letter = letterOf(index)
  const { query, circle } = useMemo(() => expand(index, queries), [index, queries])
  const input = {
    query,
    range: range.input,
    width: 1000,
    maxSeries: lane.top,
    ...(sources ? { sources } : {}),
  }
  const unit = unitOfQuery(query, props.unitOf)

  const menu: MenuGroup[] = [
    {
      label: t('metrics.draw'),
      items: [
        {
          id: 'stacked',
          label: t('metrics.stacked'),
          checked: lane.stacked,
          disabled: lane.heatmap,
          run: () => onChange({ stacked: !lane.stacked }),
        },
        {
          id: 'log',
          label: t('metrics.log'),
          checked: lane.log,
          disabled: lane.heatmap,
          run: () => onChange({ log: !lane.log }),
        },
        {
          id: 'heatmap',
          label: t('metrics.heatmap'),
          checked: lane.heatmap,
          disabled: !lane.heatmap && !props.isHistogram(lane.query),
          run: () => onChange({ heatmap: !lane.heatmap }),
        },
        {
          id: 'exemplars',
          label: t('metrics.exemplars'),
          checked: lane.exemplars,
          run: () => onChange({ exemplars: !lane.exemplars }),
        },
      ],
    },
    {
      label: t('metrics.compare'),
      items: ['', ...COMPARES].map((length) => ({
        id: `compare${length}`,
        label: length === '' ? t('metrics.compare.none') : t('metrics.compare.with', { length }),
        checked: lane.compare === length,
        run: () => onChange({ compare: length }),
      })),
    },
    {
      items: [
        { id: 'copy', icon: 'copy', label: t('metrics.menu.copyQuery'), run: () => void copyText(query) },
        { id: 'duplicate', icon: 'plus', label: t('metrics.duplicate'), run: props.onDuplicate },
        {
          id: 'up',
          icon: 'arrowUp',
          label: t('metrics.up'),
          disabled: index === 0,
          run: () => props.onMove(index, index - 1),
        },
        {
          id: 'down',
          icon: 'arrowDown',
          label: t('metrics.down'),
          disabled: index === count - 1,
          run: () => props.onMove(index, index + 1),
        },
      ],
    },
  ]

  const below = (drawn: Drawn) => (
    <>
      <div className={styles['laneFoot']}>
        {lane.heatmap ? (
          <span>{t('metrics.heatmap')}</span>
        ) : (
          <button
            type="button"
            className={styles['footButton']}
            aria-expanded={lane.table}
            onClick={() => onChange({ table: !lane.table })}
          >
            <Icon name={lane.table ? 'chevronDown' : 'chevronRight'} size={12} />
            {t('metrics.shown', { shown: Math.min(drawn.labels.length, drawn.total), total: drawn.total })}
          </button>
        )}
        {!lane.heatmap && drawn.total > TOPS[0] && (
          <Select
            label={t('metrics.top')}
            value={String(lane.top)}
            options={[...new Set([...TOPS, lane.top])]
              .sort((a, b) => a - b)
              .map((n) => ({ value: String(n), label: t('metrics.topN', { n }) }))}
            onChange={(value) => onChange({ top: Number(value) })}
          />
        )}
        {lane.compare !== '' && <span>{t('metrics.compare.with', { length: lane.compare })}</span>}
        {drawn.exemplars && drawn.exemplars.found > 0 && (
          <>
            <span>
              {t('metrics.exemplarsShown', { shown: drawn.exemplars.shown, found: formatCount(drawn.exemplars.found) })}
            </span>
            <PartialNote completeness={drawn.exemplars.completeness} />
          </>
        )}
        {drawn.warnings.map((warning) => (
          <span key={warning}>{say(warning)}</span>
        ))}
        <span className={styles['spacer']} />
        {!lane.heatmap && <Threshold value={lane.threshold} onChange={(threshold) => onChange({ threshold })} />}
      </div>
      {lane.table && !lane.heatmap && (
        <SeriesTable
          series={drawn.series}
          unit={drawn.unit}
          onMenu={(i, at) => {
            const metric = drawn.labels[i] ?? {}
            const service = commonService([metric], '')
            values.open({
              at,
              value: drawn.series[i]?.label ?? '',
              field: service === undefined ? undefined : 'service',
              ...(service === undefined ? {} : { value: service }),
              row: JSON.stringify(metric, null, 2),
              title: query,
              question: { method: 'metrics.lane', input },
              more: [
                {
                  id: 'only',
                  icon: 'metrics',
                  label: t('metrics.onlyThis'),
                  disabled: Object.keys(metric).length === 0,
                  run: () => onChange({ query: onlySeries(query, metric) }),
                },
              ],
            })
          }}
        />
      )}
    </>
  )

  return (
    <section
      className={styles['lane']}
      aria-label={t('metrics.laneNumber', { n: index + 1 })}
      data-lane={index}
      data-over={over}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false)
      }}
      onDrop={(event) => {
        setOver(false)
        const from = event.dataTransfer.getData(DRAGGED)
        if (from === '') return
        event.preventDefault()
        props.onMove(Number(from), index)
      }}
    >
      <div className={styles['laneHead']}>
        {count > 1 && (
          <button
            type="button"
            className={styles['grip']}
            draggable
            aria-label={t('metrics.grip', { n: index + 1 })}
            title={t('metrics.grip', { n: index + 1 })}
            onDragStart={(event) => {
              event.dataTransfer.setData(DRAGGED, String(index))
              event.dataTransfer.effectAllowed = 'move'
            }}
            onKeyDown={(event) => {
              const to = event.key === 'ArrowUp' ? index - 1 : event.key === 'ArrowDown' ? index + 1 : undefined
              if (to === undefined) return
              event.preventDefault()
              event.stopPropagation()
              if (to < 0 || to >= count) return
              props.onMove(index, to)
              // the lane that moved keeps the focus, whatever element draws it now
              const list = event.currentTarget.closest('[data-lane]')?.parentElement
              requestAnimationFrame(() =>
                list?.querySelector<HTMLElement>(`[data-lane="${to}"] .${styles['grip']}`)?.focus(),
              )
            }}
          >
            <Icon name="grip" size={14} />
          </button>
        )}
        {count > 1 && letter !== undefined && (
          <b className={styles['letter']} title={t('metrics.letter', { letter })}>
            {letter}
          </b>
        )}
        <CodeEditor
          language="promql"
          label={t('metrics.query', { n: index + 1 })}
          placeholder={t('metrics.placeholder')}
          value={draft}
          onChange={setDraft}
          onRun={(text) => onChange({ query: text.trim() })}
        />
        <IconButton
          icon="play"
          label={t('metrics.run')}
          keys="Enter"
          kind={draft.trim() === lane.query ? 'quiet' : 'primary'}
          onClick={() => onChange({ query: draft.trim() })}
        />
        <QueryBuilder
          query={draft}
          number={index + 1}
          metrics={props.metricNames}
          sources={sources}
          onWrite={(text, run) => {
            setDraft(text)
            if (run) onChange({ query: text })
          }}
        />
        <IconButton
          icon="pin"
          label={t('workbench.value.pin')}
          onClick={() => void pin({ method: 'metrics.lane', input, title: query, lane: true })}
        />
        <Menu
          align="end"
          trigger={<IconButton icon="more" label={t('metrics.laneMenu', { n: index + 1 })} />}
          groups={menu}
        />
        <IconButton icon="close" label={t('metrics.remove', { n: index + 1 })} onClick={props.onRemove} />
      </div>
      {circle !== undefined && (
        <p className={styles['problem']} role="alert">
          {t('metrics.circle', { path: circle })}
        </p>
      )}
      {circle === undefined && query !== lane.query && (
        <code className={styles['whole']}>{t('metrics.whole', { query })}</code>
      )}
      <LaneChart
        lane={circle === undefined ? { ...lane, query } : { ...lane, query: '' }}
        range={range}
        input={range.input}
        sources={sources}
        unit={unit}
        group="metrics"
        height={props.height}
        onBrush={(r) => brushRange(r.from, r.to)}
        below={below}
      />
      {values.menu}
    </section>
  )
}

/** The query narrowed to one series: its labels as a filter over the whole expression. */
export function onlySeries(query: string, metric: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(metric)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')
  if (matchers === '') return query
  const plain = /^([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?$/.exec(query.trim())
  if (plain) return `${plain[1]}{${matchers}}`
  const names = Object.keys(metric).filter((name) => name !== '__name__')
  // any other expression keeps its meaning: the series whose labels are these, and no other
  const one = names.reduce(
    (inner, name) => `label_replace(${inner}, "${name}", ${JSON.stringify(metric[name])}, "", "")`,
    'vector(1)',
  )
  return `(${query}) and on (${names.join(', ')}) ${one}`
}

function Threshold({ value, onChange }: { value: number | undefined; onChange: (value: number | undefined) => void }) {
  const t = useT()
  const [text, setText] = useState(value === undefined ? '' : String(value))
  useEffect(() => setText(value === undefined ? '' : String(value)), [value])
  const number = Number(text)
  const wrong = text.trim() !== '' && !Number.isFinite(number)
  const commit = (): void => {
    if (!wrong) onChange(text.trim() === '' ? undefined : number)
  }
  return (
    <TextField
      label={t('metrics.threshold')}
      placeholder={t('metrics.threshold')}
      className={styles['threshold'] ?? ''}
      mono
      value={text}
      error={wrong ? t('metrics.threshold.wrong') : undefined}
      onChange={setText}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  )
}
