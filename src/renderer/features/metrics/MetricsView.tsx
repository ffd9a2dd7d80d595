// The metrics view: names at the left, lanes of PromQL under one another with one time axis and one crosshair.

import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import { useT } from '../../i18n/index.ts'
import { shareOf, useRoom } from '../../lib/use-room.ts'
import { Button, EmptyState, IconButton, Skeleton, SplitPane, Toggle } from '../../ui/index.ts'
import {
  openTarget,
  serviceOf,
  setParams,
  useCommands,
  useFilters,
  useParam,
  useSources,
} from '../../workbench/index.ts'
import { Explorer } from './Explorer.tsx'
import { followed } from './expressions.ts'
import { LaneCard } from './LaneCard.tsx'
import { decodeLanes, encodeLanes, type Lane, newLane } from './lanes.ts'
import styles from './metrics.module.css'
import { engineLabels, suggestLanes } from './suggest.ts'
import { useMarksShown } from './use-alert-marks.ts'
import { useCatalogue } from './use-catalogue.ts'

export default function MetricsView() {
  const t = useT()
  const sources = useSources()
  const filters = useFilters()
  const [rawLanes] = useParam<readonly never[]>('lanes', EMPTY)
  const [query] = useParam<string>('query', '')
  const [serviceParam] = useParam<string>('service', '')
  const [podParam] = useParam<string>('pod', '')
  const [marksShown, setMarksShown] = useMarksShown()
  const catalogue = useCatalogue(sources)
  const host = useRef<HTMLDivElement>(null)
  const pane = useRef<HTMLDivElement>(null)
  const room = useRoom(pane, pane)

  // a link to everything of one pod or service means its lanes, not hundreds of unlike series in one
  const whole = /^\{(service|job|pod)="([^"\\]+)"\}$/.exec(query.trim())
  const service = serviceParam || (whole && whole[1] !== 'pod' ? whole[2] : undefined) || serviceOf(filters)
  const pod = podParam || (whole?.[1] === 'pod' ? whole[2] : undefined) || undefined
  const given = useMemo(() => {
    if (rawLanes !== EMPTY) return decodeLanes(rawLanes)
    return query === '' || whole ? undefined : [newLane(query)]
  }, [rawLanes, query, whole])
  const suggested = useQuery({
    queryKey: ['metrics.suggested', service, pod, sources, catalogue.metrics],
    enabled: given === undefined && catalogue.metrics.length > 0,
    queryFn: ({ signal }) =>
      suggestLanes(catalogue.metrics, pod === undefined ? service : undefined, pod, engineLabels(sources, signal)),
  })
  const lanes = given ?? suggested.data
  const histograms = useMemo(
    () => new Set(catalogue.metrics.filter((m) => m.type.endsWith('histogram')).map((m) => m.name)),
    [catalogue.metrics],
  )
  const isHistogram = useCallback(
    (text: string) =>
      histograms.has((/^([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?$/.exec(text.trim())?.[1] ?? '').replace(/_bucket$/, '')),
    [histograms],
  )

  const set = useCallback(
    (next: readonly Lane[]): void => setParams({ lanes: encodeLanes(next), query: undefined }),
    [],
  )
  const current = lanes ?? NO_LANES
  const acts = useLaneActs(current, set)
  const queries = useMemo(() => current.map((lane) => lane.query), [current])
  const metricNames = useMemo(() => catalogue.metrics.map(({ name }) => name), [catalogue.metrics])
  const focusLane = (index: number): void => {
    const element = host.current?.querySelector<HTMLElement>(`[data-lane="${index}"] .cm-content`)
    element?.focus()
  }
  useCommands(
    useMemo(
      () => [
        {
          id: 'metrics.query',
          title: 'workbench.command.query',
          keys: ['/'],
          group: 'metrics.title',
          run: () => host.current?.querySelector<HTMLElement>('.cm-content')?.focus(),
        },
        {
          id: 'metrics.add',
          title: 'metrics.add',
          keys: ['a'],
          group: 'metrics.title',
          run: () => set([...current, newLane('')]),
        },
      ],
      [current, set],
    ),
  )

  const suggestions = (
    <Button kind="quiet" icon="refresh" onClick={() => setParams({ lanes: undefined, query: undefined })}>
      {service === undefined ? t('metrics.suggest.all') : t('metrics.suggest.for', { service })}
    </Button>
  )
  return (
    <SplitPane
      id="metrics.explorer"
      label={t('metrics.explorer')}
      direction="row"
      sized="first"
      initial={280}
      shutBelow={760}
      className={styles['split'] ?? ''}
    >
      <Explorer catalogue={catalogue} sources={sources} onAdd={(lane) => set([...current, lane])} />
      <div className={styles['main']} ref={host}>
        <div className={styles['bar']}>
          <strong>
            {given
              ? t('metrics.lanes', { count: current.length })
              : pod !== undefined
                ? t('metrics.of', { name: pod })
                : service === undefined
                  ? t('metrics.ofAll')
                  : t('metrics.of', { name: service })}
          </strong>
          <span className={styles['spacer']} />
          <Toggle
            label={t('alerts.marks')}
            checked={marksShown}
            onChange={(on) => setMarksShown(on ? undefined : false)}
          />
          {given && suggestions}
          {service !== undefined && (
            <>
              <IconButton
                icon="traces"
                label={t('metrics.toTraces', { service })}
                onClick={() => openTarget({ view: 'traces', params: { service } })}
              />
              <IconButton
                icon="logs"
                label={t('metrics.toLogs', { service })}
                onClick={() => openTarget({ view: 'logs', params: { query: `service:${JSON.stringify(service)}` } })}
              />
            </>
          )}
          <Button
            icon="plus"
            onClick={() => {
              set([...current, newLane('')])
              requestAnimationFrame(() => focusLane(current.length))
            }}
          >
            {t('metrics.add')}
          </Button>
        </div>
        <div className={styles['lanes']} ref={pane}>
          {!lanes && (catalogue.state.loading || suggested.isLoading) ? (
            <Skeleton height={180} />
          ) : current.length === 0 ? (
            <EmptyState
              title={t(catalogue.metrics.length === 0 ? 'metrics.none' : 'metrics.noLanes')}
              actions={
                catalogue.metrics.length === 0 ? (
                  <Button icon="import" onClick={() => openTarget({ view: 'import', filters: [] })}>
                    {t('logs.none.import')}
                  </Button>
                ) : given ? (
                  suggestions
                ) : undefined
              }
            >
              {t(catalogue.metrics.length === 0 ? 'metrics.none.text' : 'metrics.noLanes.text')}
            </EmptyState>
          ) : (
            current.map((lane, index) => (
              <LaneCard
                // lanes have no identity but their place: the same query may stand twice
                key={index}
                lane={lane}
                index={index}
                height={shareOf(room, current.length, BESIDE, 132, 360)}
                count={current.length}
                queries={queries}
                metricNames={metricNames}
                sources={sources}
                unitOf={catalogue.unitOf}
                isHistogram={isHistogram}
                {...acts}
              />
            ))
          )}
        </div>
      </div>
    </SplitPane>
  )
}

/** What a lane can do to the list of lanes; the same functions all the time, so that the lanes are not drawn again for them. */
function useLaneActs(current: readonly Lane[], set: (next: readonly Lane[]) => void) {
  const latest = useRef(current)
  latest.current = current
  return useMemo(
    () => ({
      onChange: (index: number, change: Partial<Lane>): void =>
        set(latest.current.map((l, i) => (i === index ? { ...l, ...change } : l))),
      onMove: (from: number, to: number): void =>
        set(moved(lettered(latest.current, placeAfter(latest.current.length, from, to)), from, to)),
      onDuplicate: (index: number): void => {
        const next = lettered(latest.current, (i) => (i > index ? i + 1 : i))
        set([...next.slice(0, index + 1), ...next.slice(index, index + 1), ...next.slice(index + 1)])
      },
      onRemove: (index: number): void =>
        set(
          lettered(latest.current, (i) => (i === index ? undefined : i > index ? i - 1 : i)).filter(
            (_, i) => i !== index,
          ),
        ),
    }),
    [set],
  )
}

/** px of a lane beside its picture: query, foot, margins */
const BESIDE = 74
const NO_LANES: readonly Lane[] = []
const EMPTY: readonly never[] = []

/** Lanes whose queries speak of the others by the letters that these will have. */
function lettered(lanes: readonly Lane[], to: (index: number) => number | undefined): Lane[] {
  const queries = followed(
    lanes.map(({ query }) => query),
    to,
  )
  return lanes.map((lane, i) => ({ ...lane, query: queries[i] ?? lane.query }))
}

/** Where each lane stands after the one at `from` went to `to`. */
const placeAfter = (count: number, from: number, to: number) => {
  const order = moved(
    Array.from({ length: count }, (_, i) => i),
    from,
    to,
  )
  return (index: number): number => order.indexOf(index)
}

/** The lane at `from` comes to stand at `to`; places beyond the ends change nothing. */
function moved<T>(lanes: readonly T[], from: number, to: number): T[] {
  const lane = lanes[from]
  if (lane === undefined || to < 0 || to >= lanes.length) return [...lanes]
  const next = lanes.toSpliced(from, 1)
  next.splice(to, 0, lane)
  return next
}
