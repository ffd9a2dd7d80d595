// One lane of the metrics view: its query, its picture, how it is drawn, its series as numbers.

import { memo, useCallback, useEffect, useMemo, useState } from 'react'
import { AsTableContext } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { CodeEditor, Icon, IconButton, Menu, type MenuGroup } from '../../ui/index.ts'
import { brushRange, copyText, pin } from '../../workbench/index.ts'
import { type Drawn, LaneChart, type LaneChartProps } from './LaneChart.tsx'
import { expand, letterOf } from './expressions.ts'
import { LaneFoot, laneInput } from './LaneFoot.tsx'
import { COMPARES, type Lane, lengthWords } from './lanes.ts'
import styles from './metrics.module.css'
import { QueryBuilder } from './QueryBuilder.tsx'
import { type MetricUnit, unitOfQuery } from '../../../shared/promql/index.ts'
import { useRangeInTurn } from './use-range-in-turn.ts'

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
  readonly onChange: (index: number, change: Partial<Lane>) => void
  readonly onMove: (from: number, to: number) => void
  readonly onDuplicate: (index: number) => void
  readonly onRemove: (index: number) => void
}

const DRAGGED = 'application/x-watchdeck-lane'

/** Drawn again when something of it changes: a new range is for its picture alone. */
export const LaneCard = memo(function LaneCard(props: LaneCardProps) {
  const { lane, index, count, sources, queries, onChange } = props
  const t = useT()
  const [draft, setDraft] = useState(lane.query)
  useEffect(() => setDraft((now) => (now.trim() === lane.query.trim() ? now : lane.query)), [lane.query])
  const [over, setOver] = useState(false)
  const letter = letterOf(index)
  const { query, circle } = useMemo(() => expand(index, queries), [index, queries])
  const drawn = useMemo(
    () => (circle === undefined ? { ...lane, query } : { ...lane, query: '' }),
    [circle, lane, query],
  )
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
          run: () => onChange(index, { stacked: !lane.stacked }),
        },
        {
          id: 'log',
          label: t('metrics.log'),
          checked: lane.log,
          disabled: lane.heatmap,
          run: () => onChange(index, { log: !lane.log }),
        },
        {
          id: 'heatmap',
          label: t('metrics.heatmap'),
          checked: lane.heatmap,
          disabled: !lane.heatmap && !props.isHistogram(lane.query),
          run: () => onChange(index, { heatmap: !lane.heatmap }),
        },
        {
          id: 'exemplars',
          label: t('metrics.exemplars'),
          checked: lane.exemplars,
          run: () => onChange(index, { exemplars: !lane.exemplars }),
        },
      ],
    },
    {
      label: t('metrics.compare'),
      items: ['', ...COMPARES].map((length) => ({
        id: `compare${length}`,
        label: length === '' ? t('metrics.compare.none') : t('metrics.compare.with', lengthWords(length)),
        checked: lane.compare === length,
        run: () => onChange(index, { compare: length }),
      })),
    },
    {
      items: [
        { id: 'copy', icon: 'copy', label: t('metrics.menu.copyQuery'), run: () => void copyText(query) },
        { id: 'duplicate', icon: 'plus', label: t('metrics.duplicate'), run: () => props.onDuplicate(index) },
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

  const asTable = useMemo(
    () => ({ shown: lane.asTable, show: (shown: boolean) => onChange(index, { asTable: shown }) }),
    [lane.asTable, index, onChange],
  )
  const below = useCallback(
    (drawn: Drawn) => (
      <LaneFoot lane={lane} index={index} query={query} sources={sources} drawn={drawn} onChange={onChange} />
    ),
    [lane, index, query, sources, onChange],
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
          onRun={(text) => onChange(index, { query: text.trim() })}
        />
        <IconButton
          icon="play"
          label={t('metrics.run')}
          keys="Enter"
          kind={draft.trim() === lane.query ? 'quiet' : 'primary'}
          onClick={() => onChange(index, { query: draft.trim() })}
        />
        <QueryBuilder
          query={draft}
          number={index + 1}
          metrics={props.metricNames}
          sources={sources}
          onWrite={(text, run) => {
            setDraft(text)
            if (run) onChange(index, { query: text })
          }}
        />
        <IconButton
          icon="pin"
          label={t('workbench.value.pin')}
          onClick={() =>
            void pin({ method: 'metrics.lane', input: laneInput(query, lane, sources), title: query, lane: true })
          }
        />
        <Menu
          align="end"
          trigger={<IconButton icon="more" label={t('metrics.laneMenu', { n: index + 1 })} />}
          groups={menu}
        />
        <IconButton icon="close" label={t('metrics.remove', { n: index + 1 })} onClick={() => props.onRemove(index)} />
      </div>
      {circle !== undefined && (
        <p className={styles['problem']} role="alert">
          {t('metrics.circle', { path: circle })}
        </p>
      )}
      {circle === undefined && query !== lane.query && (
        <code className={styles['whole']}>{t('metrics.whole', { query })}</code>
      )}
      <AsTableContext value={asTable}>
        <Picture lane={drawn} sources={sources} unit={unit} height={props.height} below={below} />
      </AsTableContext>
    </section>
  )
})

function Picture(props: Omit<LaneChartProps, 'range' | 'input' | 'group' | 'onBrush'>) {
  const range = useRangeInTurn()
  return (
    <LaneChart {...props} range={range} input={range.input} group="metrics" onBrush={(r) => brushRange(r.from, r.to)} />
  )
}
