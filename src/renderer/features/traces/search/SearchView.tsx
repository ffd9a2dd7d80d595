// Finding traces: the question, every answer as a point, the answers as a table, the chosen one beside it.

import { useCallback, useEffect, useMemo, useState } from 'react'
import { sentences, useT } from '../../../i18n/index.ts'
import { useMethod } from '../../../lib/engine/index.ts'
import { onEscape } from '../../../lib/escape.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import {
  Button,
  EmptyState,
  ErrorState,
  IconButton,
  PartialNote,
  Skeleton,
  SplitPane,
  Tabs,
  Toggle,
} from '../../../ui/index.ts'
import {
  askAbout,
  type Command,
  movePlace,
  openTarget,
  type Param,
  pin,
  saveTable,
  setParams,
  useCommands,
  usePlace,
  useScope,
  WaysOut,
} from '../../../workbench/index.ts'
import { DifferencesPanel } from '../groups/DifferencesPanel.tsx'
import { fixed } from '../groups/group.ts'
import { GroupsPanel } from '../groups/GroupsPanel.tsx'
import { StatsPanel } from '../groups/StatsPanel.tsx'
import { NO_TRACE_STATE } from '../trace/state.ts'
import { TraceDetail } from '../trace/TraceDetail.tsx'
import { type SearchInput, useTracePages } from './pages.ts'
import { QueryRow } from './QueryRow.tsx'
import { type FoundTrace, foundAt, rowOf } from './rows.ts'
import { type Show, SHOWS, useSearchState } from './search-state.ts'
import styles from './search.module.css'
import { TraceScatter } from './TraceScatter.tsx'
import { TraceTable } from './TraceTable.tsx'

/** Without what is undefined, which the address has no word for. */
const paramOf = (value: object): Param => JSON.parse(JSON.stringify(value)) as Param

const LOG_KEY = 'watchdeck.traces.log'
const PINNED_KEY = 'watchdeck.traces.pinned'

export function SearchView() {
  const t = useT()
  const scope = useScope()
  const state = useSearchState()
  const { params } = usePlace()
  const { filter, orderBy, trace } = state
  const [log, setLog] = useState(() => localStorage.getItem(LOG_KEY) !== 'no')
  const [pinned, setPinned] = useState(() => localStorage.getItem(PINNED_KEY) === 'yes')
  const input = useMemo<SearchInput>(() => ({ ...scope, ...filter, orderBy }), [scope, filter, orderBy])
  const scatterInput = useMemo(() => ({ ...scope, ...filter }), [scope, filter])
  const scatter = useMethod('traces.scatter', scatterInput)
  const openTrace = useCallback(
    (found: FoundTrace | undefined, replace = false) =>
      setParams({ ...NO_TRACE_STATE, trace: found?.traceId, source: found?.source }, { replace }),
    [],
  )
  const open = trace !== undefined || pinned
  useEffect(
    () => (trace !== undefined && !pinned ? onEscape(() => openTrace(undefined)) : undefined),
    [trace, pinned, openTrace],
  )
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'traces.pinSearch',
        title: 'traces.command.pinSearch',
        keys: ['p'],
        group: 'traces.title',
        when: () => trace === undefined,
        run: () => void pin({ method: 'traces.scatter', input: scatterInput, title: t('traces.title') }),
      },
    ],
    [scatterInput, t, trace],
  )
  useCommands(commands)
  const rest = (
    <div className={styles['view']}>
      <Headline scatter={scatter.data} loading={scatter.loading}>
        <PartialNote completeness={scatter.data?.completeness} />
        <Toggle
          label={t('traces.logAxis')}
          checked={log}
          onChange={(on) => {
            setLog(on)
            localStorage.setItem(LOG_KEY, on ? 'yes' : 'no')
          }}
        />
        <IconButton
          icon="export"
          label={t('workbench.value.save')}
          onClick={() =>
            saveTable({ method: 'traces.search', input: { ...input, limit: 1000 }, title: t('traces.title') })
          }
        />
        <IconButton
          icon="pin"
          label={t('traces.command.pinSearch')}
          keys="p"
          onClick={() => void pin({ method: 'traces.scatter', input: scatterInput, title: t('traces.title') })}
        />
      </Headline>
      <div className={styles['picture']}>
        <TraceScatter
          scatter={scatter}
          log={log}
          onOpen={openTrace}
          onAsk={(at) => askAbout({ method: 'traces.scatter', input: scatterInput, value: t('traces.scatter'), at })}
        />
      </div>
      <Tabs<Show>
        label={t('traces.results')}
        className={styles['fill'] ?? ''}
        value={state.show}
        onChange={(show) => setParams({ show: show === 'list' ? undefined : show })}
        tabs={SHOWS.map((show) => ({
          id: show,
          label: t(`traces.show.${show}`),
          content:
            show === 'list' ? (
              <Results input={input} trace={trace} follows={open} onTrace={openTrace} />
            ) : show === 'stats' ? (
              <StatsPanel
                range={scope.range}
                sources={scope.sources}
                filter={filter}
                by={state.groupBy}
                onBy={(by) => setParams({ groupBy: by })}
              />
            ) : show === 'groups' ? (
              <GroupsPanel
                range={scope.range}
                sources={scope.sources}
                filter={filter}
                kept={state.base}
                onKeep={(base) => setParams({ base: base && paramOf(fixed(base)) })}
                as={state.groupsAs}
                onAs={(as) => setParams({ groupsAs: as === 'operations' ? undefined : as })}
              />
            ) : (
              <DifferencesPanel
                range={scope.range}
                sources={scope.sources}
                filter={filter}
                against={state.against}
                onAgainst={(against) => setParams({ against: against === 'p95' ? undefined : against })}
              />
            ),
        }))}
      />
    </div>
  )
  return (
    <div className={styles['view']}>
      <QueryRow own={state.own} />
      <SplitPane
        id="traces.search.detail"
        covers
        label={t('traces.trace')}
        direction="row"
        sized="second"
        initial={Math.round(window.innerWidth * 0.52)}
        min={320}
        open={open}
      >
        {[
          rest,
          trace === undefined ? (
            <EmptyState key="none" title={t('traces.chooseTrace')}>
              {t('traces.chooseTraceHint')}
            </EmptyState>
          ) : (
            <TraceDetail
              key={`${trace.traceId} ${trace.source}`}
              traceId={trace.traceId}
              sources={scope.sources}
              keeps="address"
              actions={
                <>
                  <IconButton
                    icon="panelRight"
                    label={t(pinned ? 'traces.unpinPanel' : 'traces.pinPanel')}
                    pressed={pinned}
                    onClick={() => {
                      setPinned(!pinned)
                      localStorage.setItem(PINNED_KEY, pinned ? 'no' : 'yes')
                    }}
                  />
                  <IconButton
                    icon="expand"
                    label={t('traces.openFull')}
                    onClick={() => {
                      const { trace: _trace, ...kept } = params
                      openTarget({ view: 'traces', path: [trace.traceId], params: kept })
                    }}
                  />
                  <IconButton
                    icon="close"
                    label={t('ui.close')}
                    keys="Escape"
                    onClick={() => {
                      setPinned(false)
                      localStorage.setItem(PINNED_KEY, 'no')
                      openTrace(undefined)
                    }}
                  />
                </>
              }
            />
          ),
        ]}
      </SplitPane>
    </div>
  )
}

const NOTHING = { traces: 0, failed: 0, p50Ns: 0, p95Ns: 0, longestNs: 0 }
type ScatterAnswer = ReturnType<typeof useMethod<'traces.scatter'>>['data']

/** The answer in words: how many, how many failed, how long they took. */
function Headline({
  scatter,
  loading,
  children,
}: {
  scatter: ScatterAnswer
  loading: boolean
  children: React.ReactNode
}) {
  const t = useT()
  const words = useMemo(() => {
    if (!scatter) return undefined
    // the picture's points may be thinned and then favour failures and extremes: the engine counts all of them
    const { traces, failed, p50Ns, p95Ns, longestNs } = scatter.summary ?? NOTHING
    const head = t('traces.headline', { count: traces, failed })
    if (traces === 0) return head
    const [median, p95, longest] = [p50Ns, p95Ns, longestNs].map((ns) => formatDurationNs(Number(ns)))
    return sentences([
      head,
      t('traces.headlineTimes', { median: median ?? '', p95: p95 ?? '', longest: longest ?? '' }),
    ])
  }, [scatter, t])
  return (
    <div className={styles['headline']}>
      <h2>{words ?? (loading ? t('ui.loading') : t('traces.title'))}</h2>
      <span className={styles['grow']} />
      {children}
    </div>
  )
}

function Results({
  input,
  trace,
  follows,
  onTrace,
}: {
  input: SearchInput
  trace: FoundTrace | undefined
  follows: boolean
  onTrace: (trace: FoundTrace, replace?: boolean) => void
}) {
  const t = useT()
  const pages = useTracePages(input)
  const [cursor, setCursor] = useState<FoundTrace>()
  const { frame } = pages
  const chosen = trace ?? cursor
  const selected = useMemo(() => (frame && chosen ? rowOf(frame, chosen) : -1), [frame, chosen])
  if (pages.error) return <ErrorState error={pages.error} onRetry={pages.refetch} />
  if (!frame) return <Skeleton lines={16} />
  if (frame.rowCount === 0 && !pages.stale) return <NothingFound />
  const choose = (row: number): void => {
    const found = foundAt(frame, row)
    setCursor(found)
    // walking along the list leaves one step in the history, not one a row
    if (follows && (!trace || rowOf(frame, trace) !== row)) onTrace(found, trace !== undefined)
  }
  return (
    <div
      className={styles['list']}
      role="presentation"
      onPointerUp={(event) => {
        if (event.button !== 0) return
        const row = event.target instanceof Element ? event.target.closest('[data-row]') : null
        const at = Number(row?.getAttribute('data-row') ?? -1)
        if (at >= 0 && !follows) onTrace(foundAt(frame, at))
      }}
    >
      <TraceTable
        frame={frame}
        input={input}
        selected={selected}
        onSelect={choose}
        onOpen={(row) => onTrace(foundAt(frame, row))}
        onOrder={(orderBy) => setParams({ orderBy: orderBy === 'start' ? undefined : orderBy })}
        onEnd={pages.next}
        stale={pages.stale}
        openTrace={trace}
        compact={follows}
        empty={null}
      />
      <div className={styles['end']} role="status">
        {pages.loadingMore
          ? t('ui.loading')
          : t(pages.more ? 'traces.scrollForMore' : 'traces.allShown', { count: frame.rowCount })}{' '}
        <PartialNote completeness={pages.completeness} />
      </div>
    </div>
  )
}

/** What to do when nothing was found: loosen the question, or look at another time. */
function NothingFound() {
  const t = useT()
  const state = useSearchState()
  const asked = Object.keys(state.filter).length > 0
  return (
    <EmptyState
      title={t('traces.nothingFound')}
      actions={
        <WaysOut topic="look">
          {asked && <Button onClick={() => movePlace({ params: {}, filters: [] })}>{t('traces.clearAll')}</Button>}
        </WaysOut>
      }
    >
      {t(asked ? 'traces.nothingFoundHint' : 'traces.noTracesHint')}
    </EmptyState>
  )
}
