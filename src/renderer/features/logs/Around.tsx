// What stood before and after a line: of its service, or of everyone.

import { useEffect, useRef, useState } from 'react'
import type { EpochNs } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { cellOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { toneOfLevel } from '../../theme/palette.ts'
import {
  Button,
  ErrorState,
  PartialNote,
  Skeleton,
  StatusShape,
  Time,
  Toggle,
  VirtualList,
  type VirtualListHandle,
} from '../../ui/index.ts'
import type { Highlighter } from './body-text.ts'
import { LineText } from './LineText.tsx'
import styles from './logs.module.css'

const MOST = 1000

export interface AroundProps {
  readonly id: string
  readonly service: string
  readonly highlight: Highlighter
  readonly onChoose: (id: string) => void
}

export function Around({ id, service, highlight, onChoose }: AroundProps) {
  const t = useT()
  const [span, setSpan] = useState({ before: 50, after: 50 })
  const [everyService, setEveryService] = useState(service === '')
  const answer = useMethod('logs.context', { id, ...span, everyService })
  const list = useRef<VirtualListHandle>(null)
  const table = answer.data?.table
  const rows = table?.rowCount ?? 0
  let origin = -1
  for (let row = 0; table && row < rows; row++) if (textOf(table, 'id', row) === id) origin = row
  useEffect(() => {
    if (origin >= 0) list.current?.scrollTo(origin, 'center')
  }, [origin])
  if (answer.error && !table) return <ErrorState error={answer.error} onRetry={answer.refetch} />
  return (
    <div className={styles['around']}>
      <div className={styles['bar']}>
        <Toggle label={t('logs.around.everyone')} checked={everyService} onChange={setEveryService} />
        <span className={styles['spacer']} />
        <Button
          kind="quiet"
          icon="arrowUp"
          disabled={span.before >= MOST || (table !== undefined && origin < span.before && !answer.stale)}
          onClick={() => setSpan({ ...span, before: Math.min(MOST, span.before * 3) })}
        >
          {t('logs.around.before')}
        </Button>
        <Button
          kind="quiet"
          icon="arrowDown"
          disabled={span.after >= MOST || (table !== undefined && rows - 1 - origin < span.after && !answer.stale)}
          onClick={() => setSpan({ ...span, after: Math.min(MOST, span.after * 3) })}
        >
          {t('logs.around.after')}
        </Button>
        {answer.data && <PartialNote completeness={answer.data.completeness} />}
      </div>
      {!table ? (
        <Skeleton lines={20} />
      ) : (
        <VirtualList
          ref={list}
          label={t('logs.around')}
          count={rows}
          estimate={22}
          anchored
          keyOf={(row) => textOf(table, 'id', row)}
          selected={origin}
          onSelect={() => undefined}
          onOpen={(row) => onChoose(textOf(table, 'id', row))}
          stale={answer.stale}
          row={(row) => {
            const level = textOf(table, 'level', row)
            return (
              <div className={cx(styles['aroundLine'], row === origin && styles['origin'])}>
                <span className={styles['time']}>
                  <Time ns={cellOf(table, 'time', row) as EpochNs} precision="ms" />
                </span>
                <span className={cx(styles['level'], styles[toneOfLevel(level)])}>
                  <StatusShape tone={toneOfLevel(level)} />
                  {level}
                </span>
                <span className={styles['body']} title={everyService ? textOf(table, 'service', row) : undefined}>
                  {everyService && <b>{textOf(table, 'service', row)} </b>}
                  <LineText text={textOf(table, 'body', row)} highlight={highlight} oneLine limit={1000} />
                </span>
              </div>
            )
          }}
        />
      )}
    </div>
  )
}
