// One trace: what it was in words, the strip of the whole, and its tabs. The same on its own page and in panels.

import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { useT } from '../../../i18n/index.ts'
import { useMethod } from '../../../lib/engine/index.ts'
import { ErrorState, Skeleton, SplitPane, Tabs } from '../../../ui/index.ts'
import { useRange, useValueMenu } from '../../../workbench/index.ts'
import { StatsPanel } from '../groups/StatsPanel.tsx'
import { ClockBar } from './ClockBar.tsx'
import { Compare } from './Compare.tsx'
import { CriticalPath } from './CriticalPath.tsx'
import { Flame } from './Flame.tsx'
import { foldSiblings } from './folding.ts'
import { type Header, questionOf, rangeOf, startOf, timesOf } from './header.ts'
import { firstPage, type Line, type WaterfallInput } from './lines.ts'
import { Minimap } from './Minimap.tsx'
import { SpanDetail } from './SpanDetail.tsx'
import { type TraceChange, type TraceState, type TraceTab, useTraceState } from './state.ts'
import { Toolbar } from './Toolbar.tsx'
import styles from './trace.module.css'
import { TraceHeader } from './TraceHeader.tsx'
import { useTraceCommands } from './use-commands.ts'
import { useWidth } from './use-width.ts'
import { Waterfall } from './Waterfall.tsx'
import { useZoom } from './zoom.ts'

export interface TraceDetailProps {
  readonly traceId: string
  readonly spanId?: string | undefined
  readonly sources: string[] | undefined
  /** where folds, zoom and the chosen span are kept */
  readonly keeps: 'address' | 'panel'
  /** at the right end of the header */
  readonly actions?: ReactNode
}

export function TraceDetail({ traceId, spanId, sources: inForce, keeps, actions }: TraceDetailProps) {
  const t = useT()
  const [state, change] = useTraceState(keeps, spanId)
  const { source } = state
  const sources = useMemo(() => (source === undefined ? inForce : [source]), [source, inForce])
  // a trace is mostly opened from what is in sight; another range later is no reason to ask again
  const { input } = useRange()
  const [around] = useState(input)
  const asked = { traceId, around, ...(sources ? { sources } : {}), ...timesOf({ times: state.times }) }
  const header = useMethod('traces.header', asked, { keepPrevious: false })
  // its first rows are asked for beside it; the view that shows them asks the same and finds them there
  useMethod(
    'traces.waterfall',
    header.data || header.error || state.tab !== 'waterfall' ? null : firstPage(waterfallOf(asked, state)),
  )
  if (header.error)
    return (
      <section className={styles['root']} aria-label={t('traces.trace')}>
        {actions !== undefined && <div className={styles['header']}>{actions}</div>}
        <ErrorState error={header.error} what={t('traces.cannotOpen', { id: traceId })} onRetry={header.refetch} />
      </section>
    )
  if (!header.data)
    return (
      <section className={styles['root']} aria-label={t('traces.trace')}>
        <Skeleton height={36} />
        <div className={styles['minimapGap']} />
        <Skeleton lines={16} />
      </section>
    )
  return (
    <Opened
      key={[header.data.traceId, header.data.source, header.data.spans, header.data.times].join(' ')}
      header={header.data}
      sources={sources}
      around={around}
      inForce={inForce}
      state={state}
      change={change}
      actions={actions}
    />
  )
}

/** The rows to be seen of a trace. */
const waterfallOf = (
  question: MethodInput<'traces.header'>,
  state: Pick<TraceState, 'folded' | 'opened' | 'siblings' | 'depth' | 'find' | 'only'>,
): WaterfallInput => ({
  ...question,
  collapsed: [...state.folded],
  expanded: [...state.opened],
  collapseChildrenOf: [...state.siblings],
  ...(state.depth === undefined ? {} : { collapseDepth: state.depth }),
  ...(state.find === '' ? {} : { find: state.find }),
  onlyErrors: state.only === 'errors',
  onlyCritical: state.only === 'critical',
  onlyMatches: state.only === 'matches' && state.find !== '',
})

interface OpenedProps {
  header: Header
  /** of this trace; another one is looked for in those in force */
  sources: string[] | undefined
  around: { from: string; to: string }
  inForce: string[] | undefined
  state: TraceState
  change: TraceChange
  actions: ReactNode
}

function Opened({ header, sources, around, inForce, state, change, actions }: OpenedProps) {
  const t = useT()
  const root = useRef<HTMLElement>(null)
  const width = useWidth(root)
  const { traceId } = header
  const commit = useCallback(
    (zoom: readonly [number, number] | undefined) => change({ zoom }, { replace: true }),
    [change],
  )
  const zoom = useZoom(Number(header.durationNs), state.zoom, commit)
  const question = useMemo(() => ({ ...questionOf(header, sources), around }), [header, sources, around])
  const { folded, opened, siblings, depth, find: sought, only } = state
  const base = useMemo(
    () => waterfallOf(question, { folded, opened, siblings, depth, find: sought, only }),
    [question, folded, opened, siblings, depth, sought, only],
  )
  const values = useValueMenu()
  const find = useRef<HTMLInputElement>(null)
  const step = useTraceCommands({ base, state, change, zoom, find })
  const traceLabel = `${header.rootService} ${header.rootOperation}`
  const openMenu = (line: Line, at: { x: number; y: number }): void =>
    values.open({
      at,
      field: 'service',
      value: line.service,
      title: `${line.service} ${line.operation}`,
      question: { method: 'traces.span', input: { ...question, spanId: line.spanId }, rows: 1 },
      more: [
        {
          id: 'details',
          icon: 'panelRight',
          keys: 'Enter',
          label: t('traces.showDetails'),
          run: () => change({ span: line.spanId, quiet: false }),
        },
        {
          id: 'zoom',
          icon: 'expand',
          keys: 'z',
          label: t('traces.zoomToSpan'),
          run: () => zoom.set(line.offset, line.offset + Math.max(1, line.duration)),
        },
        ...(line.parentId === '' || line.orphan
          ? []
          : [
              {
                id: 'foldSiblings',
                icon: 'chevronRight' as const,
                keys: 's',
                label: t('traces.foldSiblings'),
                run: () => change(foldSiblings(state, line)),
              },
            ]),
        {
          id: 'findSame',
          icon: 'search',
          label: t('traces.findSame'),
          run: () => change({ find: line.operation }),
        },
      ],
    })

  const waterfall = (
    <div className={styles['column']}>
      <Toolbar ref={find} header={header} state={state} change={change} zoom={zoom} step={step} base={base} />
      <Waterfall
        base={base}
        traceStart={startOf(header)}
        traceLabel={traceLabel}
        zoom={zoom}
        state={state}
        change={change}
        onMenu={openMenu}
        searching={state.find !== ''}
      />
    </div>
  )
  const tabs: ReadonlyArray<{ id: TraceTab; label: string; content: ReactNode }> = [
    { id: 'waterfall', label: t('traces.waterfall'), content: waterfall },
    {
      id: 'flame',
      label: t('traces.flame'),
      content: <Flame question={question} zoom={zoom} state={state} change={change} />,
    },
    {
      id: 'critical',
      label: t('traces.criticalPath'),
      content: <CriticalPath header={header} sources={sources} change={change} />,
    },
    {
      id: 'stats',
      label: t('traces.statistics'),
      content: (
        <StatsPanel
          range={rangeOf(header)}
          sources={sources}
          filter={{ traceId }}
          by={state.by}
          onBy={(by) => change({ by })}
        />
      ),
    },
    {
      id: 'compare',
      label: t('traces.compare'),
      content: <Compare header={header} inForce={inForce} state={state} change={change} />,
    },
  ]
  const showSpan = state.span !== undefined && !state.quiet && (state.tab === 'waterfall' || state.tab === 'flame')
  const wide = width >= 900
  return (
    <section ref={root} className={styles['root']} aria-label={traceLabel}>
      <TraceHeader header={header} sources={sources} actions={actions} change={change} />
      <ClockBar header={header} change={change} />
      <Minimap header={header} zoom={zoom} />
      <SplitPane
        id={wide ? 'traces.span' : 'traces.span.below'}
        label={t('traces.span')}
        direction={wide ? 'row' : 'column'}
        sized="second"
        initial={wide ? 400 : 260}
        open={showSpan}
      >
        {[
          <Tabs
            key="tabs"
            label={t('traces.views')}
            className={styles['fill'] ?? ''}
            value={state.tab}
            onChange={(tab) => change({ tab })}
            tabs={tabs}
          />,
          state.span !== undefined && showSpan ? (
            <SpanDetail
              key="span"
              header={header}
              spanId={state.span}
              sources={sources}
              values={values}
              onClose={() => change({ quiet: true }, { replace: true })}
              onSpan={(span) => change({ span, quiet: false })}
            />
          ) : null,
        ]}
      </SplitPane>
      {values.menu}
    </section>
  )
}
