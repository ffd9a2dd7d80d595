// Log lines inside another view: exactly the scope that it is given (no filters of its own), volume, list, one line in full.

import { useMemo, useState } from 'react'
import { tryParseInstant, type TimeRange, fromMillis, asEpochNs } from '../../../shared/base/time.ts'
import { parseLogQuery } from '../../../shared/domain/log-query.ts'
import { sentences, useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { toneOfLevel } from '../../theme/palette.ts'
import { Button, IconButton, PartialNote, SplitPane, StatusShape } from '../../ui/index.ts'
import { openTarget, type PanelProps, pin, setRange, useValueMenu } from '../../workbench/index.ts'
import { highlighterOf } from './body-text.ts'
import { ChosenLine } from './ChosenLine.tsx'
import { type DetailTab, firstLine } from './LineDetail.tsx'
import { lineAsText } from './line-json.ts'
import type { Order } from './line-window.ts'
import styles from './logs.module.css'
import { problemOf } from './QueryRow.tsx'
import { Results } from './Results.tsx'
import { UnreadableQuery } from './UnreadableQuery.tsx'
import { useLines } from './use-lines.ts'
import { BUCKETS, levelTotals, Volume } from './Volume.tsx'

export default function ListPanel({ range, query = '', sources, compact = false }: PanelProps['logs.list']) {
  const t = useT()
  const [order, setOrder] = useState<Order>('desc')
  const [wrap, setWrap] = useState(false)
  const [line, setLine] = useState<string>()
  const [tab, setTab] = useState<DetailTab>('line')
  const problem = problemOf(query)
  const readable = problem === undefined ? query : ''
  const question = useMemo(
    () => ({
      range: { from: range.from, to: range.to },
      ...(readable === '' ? {} : { query: readable }),
      ...(sources ? { sources } : {}),
    }),
    [range.from, range.to, readable, sources],
  )
  const extent = useMemo((): TimeRange => {
    const now = fromMillis(Date.now())
    return {
      from: tryParseInstant(range.from, now) ?? asEpochNs(0n),
      to: tryParseInstant(range.to, now) ?? now,
    }
  }, [range.from, range.to])
  const lines = useLines(problem ? null : question, order, undefined)
  const volume = useMethod('logs.histogram', problem ? null : { ...question, buckets: BUCKETS })
  const totals = useMemo(() => levelTotals(volume.data), [volume.data])
  const total = volume.data && totals.reduce((sum, l) => sum + l.count, 0)
  const highlight = useMemo(() => highlighterOf(parseLogQuery(readable)), [readable])
  const values = useValueMenu({ question: { method: 'logs.search', input: question }, title: t('logs.title') })
  const openAll = (id?: string): void =>
    openTarget({
      view: 'logs',
      params: { range, ...(readable === '' ? {} : { query: readable }), ...(id === undefined ? {} : { line: id }) },
      filters: [],
    })
  if (problem) return <UnreadableQuery>{sentences([problem.message, problem.hint])}</UnreadableQuery>
  return (
    <div className={styles['view']}>
      <div className={styles['headline']}>
        <strong>
          {total === undefined ? t('ui.loading') : t('logs.found', { count: total, n: formatCount(total) })}
        </strong>
        <span className={styles['levels']}>
          {totals.slice(0, compact ? 3 : 7).map(({ level, count }) => (
            <span key={level} className={styles['levelButton']}>
              <StatusShape tone={toneOfLevel(level)} /> {level} <b>{formatCount(count)}</b>
            </span>
          ))}
        </span>
        <span className={styles['spacer']} />
        {volume.data && <PartialNote completeness={volume.data.completeness} />}
        <IconButton icon="wrap" label={t('logs.wrap')} pressed={wrap} onClick={() => setWrap(!wrap)} />
        <IconButton
          icon={order === 'desc' ? 'arrowDown' : 'arrowUp'}
          label={t(order === 'desc' ? 'logs.newestFirst' : 'logs.oldestFirst')}
          onClick={() => setOrder(order === 'desc' ? 'asc' : 'desc')}
        />
        <IconButton
          icon="pin"
          label={t('workbench.value.pin')}
          onClick={() =>
            void pin({ method: 'logs.search', input: question, title: readable === '' ? t('logs.title') : readable })
          }
        />
        <Button kind="quiet" icon="expand" onClick={() => openAll()}>
          {t('logs.openView')}
        </Button>
      </div>
      {!compact && (
        <div className={styles['volume']}>
          <Volume state={volume} range={extent} group="logs.panel" question={question} onBrush={setRange} />
        </div>
      )}
      <SplitPane
        id="logs.panel"
        label={t('logs.line')}
        direction="row"
        sized="second"
        initial={420}
        min={260}
        open={!compact && line !== undefined}
        className={styles['split'] ?? ''}
      >
        <Results
          lines={lines}
          columns={[]}
          wrap={wrap}
          highlight={highlight}
          selected={line}
          onSelect={setLine}
          onOpen={compact ? openAll : setLine}
          onMenu={(menu) => {
            const { frame, row } = menu.line
            values.open({
              at: menu.at,
              field: menu.value === undefined || menu.value === '' ? undefined : menu.field,
              value: menu.value ?? textOf(frame, 'body', row),
              row: lineAsText(menu.line),
              title: firstLine(textOf(frame, 'body', row)),
              question: { method: 'logs.context', input: { id: textOf(frame, 'id', row), before: 5, after: 5 } },
            })
          }}
          query={readable}
          total={total}
        />
        {line !== undefined && (
          <ChosenLine
            id={line}
            lines={lines}
            highlight={highlight}
            sources={sources}
            values={values}
            tab={tab}
            onTab={setTab}
            onChoose={(id) => setLine(id)}
            onClose={() => setLine(undefined)}
          />
        )}
      </SplitPane>
      {values.menu}
    </div>
  )
}
