// The logs view: query, volume by level, fields, lines, and one line in full at the right. The address holds all of it.

import { useMemo, useRef, useState } from 'react'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import { parseLogQuery } from '../../../shared/domain/log-query.ts'
import { setCrosshair } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount, formatQuantity } from '../../lib/format.ts'
import { toneOfLevel } from '../../theme/palette.ts'
import {
  Button,
  IconButton,
  Menu,
  MenuAt,
  type MenuGroup,
  PartialNote,
  SplitPane,
  StatusShape,
  type VirtualListHandle,
} from '../../ui/index.ts'
import {
  addFilter,
  copyText,
  logQueryOf,
  openTarget,
  pin,
  saveTable,
  setParams,
  setRange,
  useCommands,
  useFilters,
  useParam,
  useRange,
  useSources,
  useValueMenu,
} from '../../workbench/index.ts'
import { highlighterOf } from './body-text.ts'
import { exportLines } from './export-lines.ts'
import { Fields } from './Fields.tsx'
import type { Order } from './line-window.ts'
import { ChosenLine } from './ChosenLine.tsx'
import { firstLine } from './LineDetail.tsx'
import { lineAsJson, lineAsText } from './line-json.ts'
import type { LineMenu } from './LineList.tsx'
import styles from './logs.module.css'
import { problemOf, QueryRow } from './QueryRow.tsx'
import { Results } from './Results.tsx'
import { useHeldRange } from './held-range.ts'
import { UnreadableQuery } from './UnreadableQuery.tsx'
import { useLines } from './use-lines.ts'
import { BUCKETS, levelTotals, Volume } from './Volume.tsx'

const NO_COLUMNS: readonly string[] = []

export default function LogsView() {
  const t = useT()
  const range = useRange()
  const sources = useSources()
  const filters = useFilters()
  const [query] = useParam<string>('query', '')
  const [order] = useParam<string>('order', 'desc')
  const [columns, setColumns] = useParam<readonly string[]>('columns', NO_COLUMNS)
  const [wrap, setWrap] = useParam<boolean>('wrap', false)
  const [line, setLine] = useParam<string>('line', '')
  const [tab, setTab] = useParam<string>('tab', 'line')
  const [at, setAt] = useParam<string>('at', '')
  const [scrolled, setScrolled] = useState(false)
  const host = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualListHandle>(null)
  const direction: Order = order === 'asc' ? 'asc' : 'desc'

  // a query that cannot be read is not sent, and nothing in its stead: its place is marked in the row
  const readable = problemOf(query) === undefined
  const joined = logQueryOf(filters, readable ? query : '')
  const held = useHeldRange(range, scrolled || line !== '', joined + direction)
  const question = useMemo(
    () => ({ range: held.input, ...(joined === '' ? {} : { query: joined }), ...(sources ? { sources } : {}) }),
    [held.input, joined, sources],
  )
  const inRange = at !== '' && at > question.range.from && at < question.range.to ? at : undefined
  const lines = useLines(readable ? question : null, direction, inRange)
  const volume = useMethod('logs.histogram', readable ? { ...question, buckets: BUCKETS } : null)
  const fields = useMethod('logs.fields', readable ? { ...question, top: 8 } : null)
  const newer = useMethod('logs.count', readable && held.newer ? { ...question, range: held.newer } : null, {
    keepPrevious: false,
  })
  const totals = useMemo(() => levelTotals(volume.data), [volume.data])
  const total = volume.data && totals.reduce((sum, l) => sum + l.count, 0)
  const bad = totals.filter((l) => l.level === 'error' || l.level === 'fatal').reduce((sum, l) => sum + l.count, 0)
  const highlight = useMemo(() => highlighterOf(parseLogQuery(joined)), [joined])
  const values = useValueMenu({ question: { method: 'logs.search', input: question }, title: t('logs.title') })
  const [columnMenu, setColumnMenu] = useState<{ column: string; at: { x: number; y: number } }>()

  const toggleColumn = (field: string): void =>
    setColumns(columns.includes(field) ? columns.filter((c) => c !== field) : [...columns, field])
  const openLine = (menu: LineMenu): void => {
    const { frame, row } = menu.line
    const id = textOf(frame, 'id', row)
    const traceId = textOf(frame, 'traceId', row)
    values.open({
      at: menu.at,
      field: menu.value === undefined || menu.value === '' ? undefined : menu.field,
      value: menu.value ?? textOf(frame, 'body', row),
      row: lineAsText(menu.line),
      title: firstLine(textOf(frame, 'body', row)),
      question: { method: 'logs.context', input: { id, before: 5, after: 5 } },
      more: [
        {
          id: 'around',
          icon: 'list',
          label: t('logs.around'),
          keys: 'x',
          run: () => setParams({ line: id, tab: 'around' }),
        },
        ...(traceId === ''
          ? []
          : [
              {
                id: 'trace',
                icon: 'traces' as const,
                label: t('logs.line.trace'),
                run: () =>
                  openTarget({
                    view: 'traces',
                    path: [traceId],
                    params: { span: textOf(frame, 'spanId', row) || undefined },
                  }),
              },
            ]),
        { id: 'json', icon: 'copy', label: t('logs.line.copyJson'), run: () => void copyText(lineAsJson(menu.line)) },
      ],
    })
  }

  useCommands(
    useMemo(
      () => [
        {
          id: 'logs.query',
          title: 'workbench.command.query',
          keys: ['/'],
          group: 'logs.title',
          run: () => host.current?.querySelector<HTMLElement>('.cm-content')?.focus(),
        },
        {
          id: 'logs.wrap',
          title: 'logs.wrap',
          keys: ['w'],
          group: 'logs.title',
          run: () => setWrap(wrap ? undefined : true),
        },
        {
          id: 'logs.order',
          title: 'logs.command.order',
          keys: ['o'],
          group: 'logs.title',
          run: () => setParams({ order: direction === 'desc' ? 'asc' : undefined, at: undefined }),
        },
        {
          id: 'logs.around',
          title: 'logs.around',
          keys: ['x'],
          group: 'logs.title',
          when: () => line !== '',
          run: () => setTab(tab === 'around' ? undefined : 'around', { replace: true }),
        },
        {
          id: 'logs.pin',
          title: 'workbench.value.pin',
          keys: ['p'],
          group: 'logs.title',
          when: () => readable,
          run: () =>
            void pin({ method: 'logs.search', input: question, title: joined === '' ? t('logs.title') : joined }),
        },
      ],
      [wrap, setWrap, direction, line, tab, setTab, question, readable, joined, t],
    ),
  )

  return (
    <div className={styles['view']} ref={host}>
      <QueryRow
        query={query}
        question={question}
        joined={(draft) => logQueryOf(filters, draft)}
        onRun={(text) => setParams({ query: text === '' ? undefined : text, line: undefined, at: undefined })}
        onLeave={() => list.current?.focus()}
        actions={
          <>
            <IconButton
              icon="wrap"
              label={t('logs.wrap')}
              keys="w"
              pressed={wrap}
              onClick={() => setWrap(wrap ? undefined : true)}
            />
            <Button
              kind="quiet"
              icon={direction === 'desc' ? 'arrowDown' : 'arrowUp'}
              onClick={() => setParams({ order: direction === 'desc' ? 'asc' : undefined, at: undefined })}
            >
              {t(direction === 'desc' ? 'logs.newestFirst' : 'logs.oldestFirst')}
            </Button>
            <Menu
              align="end"
              trigger={<IconButton icon="export" label={t('logs.export')} disabled={!readable} />}
              groups={[
                {
                  label: t('logs.export'),
                  items: [
                    { id: 'csv', label: 'CSV', run: () => void exportLines(question, direction, 'csv') },
                    { id: 'ndjson', label: 'NDJSON', run: () => void exportLines(question, direction, 'ndjson') },
                    {
                      id: 'file',
                      label: t('logs.export.file'),
                      run: () =>
                        saveTable({
                          method: 'logs.search',
                          input: { ...question, order: direction, limit: 5000 },
                          title: t('logs.title'),
                        }),
                    },
                  ],
                },
              ]}
            />
          </>
        }
      />
      {readable ? (
        <>
          <div className={styles['headline']} role="status">
            {total === undefined ? (
              <span>{t('ui.loading')}</span>
            ) : (
              <span>
                <strong>{t('logs.found', { count: total, n: formatCount(total) })}</strong>
                {bad > 0 &&
                  ` · ${t('logs.foundErrors', { count: bad, n: formatCount(bad), share: formatQuantity(bad / Math.max(1, total), 'ratio') })}`}
              </span>
            )}
            <span className={styles['spacer']} />
            <span className={styles['levels']}>
              {totals.map(({ level, count }) => (
                <button
                  key={level}
                  type="button"
                  className={styles['levelButton']}
                  title={t('logs.fields.only', { field: 'level', value: level })}
                  onClick={() => addFilter({ field: 'level', value: level, exclude: false })}
                >
                  <StatusShape tone={toneOfLevel(level)} /> {level} <b>{formatCount(count)}</b>
                </button>
              ))}
            </span>
            {volume.data && <PartialNote completeness={volume.data.completeness} />}
          </div>
          <div className={styles['volume']} onPointerLeave={() => setCrosshair('logs', undefined)}>
            <Volume state={volume} range={held} group="logs" question={question} onBrush={setRange} />
          </div>
          <SplitPane
            id="logs.fields"
            label={t('logs.fields')}
            direction="row"
            sized="first"
            initial={228}
            shutBelow={760}
            className={styles['split'] ?? ''}
          >
            <Fields state={fields} total={total} columns={columns} onColumn={toggleColumn} />
            <SplitPane
              id="logs.detail"
              covers
              label={t('logs.line')}
              direction="row"
              sized="second"
              initial={460}
              min={300}
              open={line !== ''}
            >
              <Results
                lines={lines}
                columns={columns}
                wrap={wrap}
                highlight={highlight}
                selected={line === '' ? undefined : line}
                onSelect={(id) => setLine(id, { replace: line !== '' })}
                onMenu={openLine}
                onColumnMenu={(column, place) => setColumnMenu({ column, at: place })}
                onScrolled={setScrolled}
                newer={newer.data?.count}
                onNewer={held.release}
                query={joined}
                anchor={inRange}
                onDropAnchor={() => setAt(undefined)}
                total={total}
                listRef={list}
              />
              {line !== '' && (
                <ChosenLine
                  id={line}
                  lines={lines}
                  highlight={highlight}
                  sources={sources}
                  values={values}
                  tab={tab === 'around' ? 'around' : 'line'}
                  onTab={(next) => setTab(next === 'line' ? undefined : next, { replace: true })}
                  onColumn={toggleColumn}
                  onChoose={(id, time) =>
                    setParams({ line: id, at: formatRfc3339(time), tab: undefined, query: undefined })
                  }
                  onClose={() => setParams({ line: undefined, tab: undefined })}
                />
              )}
            </SplitPane>
          </SplitPane>
        </>
      ) : (
        <UnreadableQuery
          actions={<Button onClick={() => setParams({ query: undefined })}>{t('logs.noneMatch.clear')}</Button>}
        >
          {t('logs.unreadable.text')}
        </UnreadableQuery>
      )}
      {values.menu}
      {columnMenu && (
        <MenuAt
          at={columnMenu.at}
          label={columnMenu.column}
          groups={columnGroups(columnMenu.column, columns, setColumns, t)}
          onClose={() => setColumnMenu(undefined)}
        />
      )}
    </div>
  )
}

function columnGroups(
  column: string,
  columns: readonly string[],
  set: (columns: readonly string[]) => void,
  t: ReturnType<typeof useT>,
): MenuGroup[] {
  const at = columns.indexOf(column)
  const moved = (by: number): string[] => {
    const next = columns.filter((c) => c !== column)
    next.splice(at + by, 0, column)
    return next
  }
  return [
    {
      items: [
        { id: 'left', icon: 'chevronLeft', label: t('logs.column.left'), disabled: at <= 0, run: () => set(moved(-1)) },
        {
          id: 'right',
          icon: 'chevronRight',
          label: t('logs.column.right'),
          disabled: at >= columns.length - 1,
          run: () => set(moved(1)),
        },
        {
          id: 'exists',
          icon: 'filter',
          label: t('logs.line.exists', { field: column }),
          run: () => addFilter({ field: column, value: '*', exclude: false }),
        },
        {
          id: 'remove',
          icon: 'close',
          label: t('logs.column.remove', { field: column }),
          run: () => set(columns.filter((c) => c !== column)),
        },
      ],
    },
  ]
}
