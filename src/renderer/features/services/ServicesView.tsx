// The overview: the answer in words, the services as a table, a map or a list of calls, and what changed, all of one
// range against one baseline.

import { Suspense, useMemo, useRef, useSyncExternalStore } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { part } from '../../lib/part.ts'
import { Button, EmptyState, ErrorState, PartialNote, PendingView, Skeleton, SplitPane, Tabs } from '../../ui/index.ts'
import {
  linkTo,
  serviceOf,
  useCommands,
  useFilters,
  useParam,
  useRange,
  useSources,
  WaysOut,
} from '../../workbench/index.ts'
import { ChangesList } from './ChangesList.tsx'
import { ComparePicker } from './ComparePicker.tsx'
import { headlineOf } from './headline.ts'
import { HeadlineLine } from './HeadlineLine.tsx'
import { MapPane } from './map/MapPane.tsx'
import { rowsOfServices, serviceFilter, unusedFields } from './scope.ts'
import { ServiceTable } from './ServiceTable.tsx'
import styles from './services.module.css'
import { sparksOf } from './sparks.ts'
import { inputOf, useComparison } from './use-comparison.ts'

const WIDE = '(min-width: 2100px)'
const watchWidth = (changed: () => void): (() => void) => {
  const query = matchMedia(WIDE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
const useWide = (): boolean => useSyncExternalStore(watchWidth, () => matchMedia(WIDE).matches)

// it alone draws charts, whose code is half as large as all the rest
const MeasuredPane = part(() => import('./MeasuredPane.tsx'))

type As = 'table' | 'map' | 'calls' | 'measured'

/** Heights, px: what stands above the services, their tabs and head, one of their rows, the least for what changed. */
const [ABOVE, HEAD, ROW, LEAST] = [96, 64, 26, 240]

/** All services are in sight where they fit, and what changed has the rest; a map is given all it can have. */
function heightOfChanges(as: As, services: number): number {
  const room = innerHeight - ABOVE
  const least = Math.min(LEAST, room * 0.45)
  return Math.round(as === 'table' ? Math.min(room * 0.7, Math.max(least, room - HEAD - services * ROW)) : least)
}

export default function ServicesView() {
  const t = useT()
  const range = useRange()
  const sources = useSources()
  const filters = useFilters()
  const service = serviceOf(filters)
  const [asParam, setAs] = useParam<string>('as', 'table')
  const as: As = asParam === 'map' || asParam === 'calls' || asParam === 'measured' ? asParam : 'table'
  const [kindsParam, setKinds] = useParam<readonly string[]>('kinds', NO_KINDS)
  const { comparison, error: compareError, retry } = useComparison()

  const compared = useMemo(
    (): MethodInput<'services.overview'> | null =>
      comparison
        ? { range: inputOf(comparison.after), compareTo: inputOf(comparison.before), ...(sources ? { sources } : {}) }
        : null,
    [comparison, sources],
  )
  const changesInput = useMemo(
    (): MethodInput<'services.changes'> | null =>
      compared && { ...compared, limit: 500, ...(service === undefined ? {} : { service }) },
    [compared, service],
  )
  const measuredInput = useMemo(
    (): MethodInput<'services.measured'> => ({
      range: range.input,
      ...(service === undefined ? {} : { services: [service] }),
      ...(sources ? { sources } : {}),
    }),
    [range.input, service, sources],
  )
  const overview = useMethod('services.overview', compared)
  // the table is what people came for: what stands beside and below it is asked for when it has been answered
  const answered = overview.data !== undefined || overview.error !== undefined
  // only live trace backends measure: without one there is nothing to choose
  const measured = useMethod('services.measured', answered || as === 'measured' ? measuredInput : null)
  const canMeasure =
    as === 'measured' ||
    (measured.data?.summary?.measuring.length ?? 0) + (measured.data?.summary?.without.length ?? 0) > 0
  const changes = useMethod('services.changes', answered ? changesInput : null)
  const sparksInput = useMemo(
    () => ({ range: range.input, buckets: 60, ...(sources ? { sources } : {}) }),
    [range.input, sources],
  )
  const sparkAnswer = useMethod('services.sparklines', answered ? sparksInput : null)
  const sparks = useMemo(() => sparkAnswer.data && sparksOf(sparkAnswer.data.table), [sparkAnswer.data])

  const wanted = useMemo(() => serviceFilter(filters), [filters])
  const table = useMemo(() => overview.data && rowsOfServices(overview.data.table, wanted), [overview.data, wanted])
  const changed = useMemo(
    () => changes.data && rowsOfServices(changes.data.table, (name) => name === '' || wanted(name)),
    [changes.data, wanted],
  )
  const moved = useMemo(() => {
    const out = new Map<string, string>()
    for (let row = 0; row < (changed?.rowCount ?? 0); row++)
      if (changed && textOf(changed, 'kind', row) === 'service')
        out.set(
          `${textOf(changed, 'service', row)} ${textOf(changed, 'measure', row)}`,
          textOf(changed, 'direction', row),
        )
    return out
  }, [changed])
  const headline = useMemo(() => table && changed && headlineOf(table, changed), [table, changed])
  const unused = unusedFields(filters)
  const wide = useWide()
  const below = useRef<HTMLElement>(null)
  useCommands(
    useMemo(
      () => [
        {
          id: 'services.changes',
          title: 'services.toChanges',
          keys: ['c'],
          group: 'services.title',
          run: () => below.current?.querySelector<HTMLElement>('[role="grid"]')?.focus(),
        },
      ],
      [],
    ),
  )

  const error = overview.error ?? compareError
  if (error && !overview.data)
    return <ErrorState error={error} onRetry={overview.error ? overview.refetch : retry} what={t('services.failed')} />
  if (overview.data && overview.data.table.rowCount === 0 && changes.data?.table.rowCount === 0)
    return (
      <EmptyState
        title={t('services.none')}
        actions={
          <WaysOut topic="look">
            <Button icon="sources" onClick={() => location.assign(linkTo('start', {}))}>
              {t('services.bringData')}
            </Button>
          </WaysOut>
        }
      >
        {t('services.noneHint')}
      </EmptyState>
    )

  const tablePane =
    table && compared ? (
      <ServiceTable
        frame={table}
        input={compared}
        sparks={sparks}
        moved={moved}
        range={range}
        window={comparison?.after}
        stale={overview.stale}
      />
    ) : (
      <Skeleton lines={14} className={styles['pad'] ?? ''} />
    )
  return (
    <div className={styles['view']}>
      {table && changed && changesInput ? (
        <HeadlineLine
          headline={headline}
          service={service}
          question={{ method: 'services.changes', input: changesInput }}
        />
      ) : (
        <div className={styles['headline']}>
          <Skeleton height={46} />
        </div>
      )}
      <SplitPane
        id={wide ? 'services.side' : as === 'map' ? 'services.belowMap' : 'services.below'}
        label={t('services.changes')}
        direction={wide ? 'row' : 'column'}
        sized="second"
        initial={wide ? 840 : heightOfChanges(as, table?.rowCount ?? 14)}
        min={120}
        className={styles['split'] ?? ''}
      >
        {[
          <Tabs
            key="services"
            label={t('services.as')}
            value={as}
            onChange={(next) => setAs(next === 'table' ? undefined : next)}
            className={styles['tabs'] ?? ''}
            end={
              <div className={styles['tools']}>
                {unused.length > 0 && (
                  <span className={styles['dim']}>{t('services.unused', { fields: unused.join(', ') })}</span>
                )}
                <PartialNote completeness={overview.data?.completeness} />
                <ComparePicker comparison={comparison} />
              </div>
            }
            tabs={[
              { id: 'table', label: t('services.asTable'), content: <div className={styles['pane']}>{tablePane}</div> },
              {
                id: 'map',
                label: t('services.asMap'),
                content: <MapPane as="map" compared={compared} filters={filters} />,
              },
              {
                id: 'calls',
                label: t('services.asCalls'),
                content: <MapPane as="calls" compared={compared} filters={filters} />,
              },
              ...(canMeasure
                ? [
                    {
                      id: 'measured' as const,
                      label: t('services.asMeasured'),
                      content: (
                        <Suspense fallback={<PendingView />}>
                          <MeasuredPane input={measuredInput} />
                        </Suspense>
                      ),
                    },
                  ]
                : []),
            ]}
          />,
          <section key="changes" ref={below} className={styles['below']} aria-label={t('services.changes')}>
            <header className={styles['sectionHead']}>
              <h2>{t('services.changes')}</h2>
              <PartialNote completeness={changes.data?.completeness} />
              <span className={styles['dim']}>{t('services.changesHint')}</span>
            </header>
            {changes.error && !changes.data ? (
              <ErrorState error={changes.error} onRetry={changes.refetch} what={t('services.changesFailed')} />
            ) : changed && changesInput ? (
              <ChangesList
                frame={changed}
                input={changesInput}
                stale={changes.stale}
                kinds={kindsParam}
                onKinds={(next) => setKinds(next.length === 0 ? undefined : [...next])}
              />
            ) : (
              <Skeleton lines={8} className={styles['pad'] ?? ''} />
            )}
          </section>,
        ]}
      </SplitPane>
    </div>
  )
}

const NO_KINDS: readonly string[] = []
