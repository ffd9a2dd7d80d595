// The lines with everything that can be true of them: loading, none (and why), partial, failed, newer ones waiting.

import type { Ref } from 'react'
import { say, useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { Button, Chip, EmptyState, ErrorState, Skeleton, StatusShape, type VirtualListHandle } from '../../ui/index.ts'
import { openTarget, removeFilter, setParams, useFilters, WaysOut } from '../../workbench/index.ts'
import type { Highlighter } from './body-text.ts'
import { LineList, type LineMenu } from './LineList.tsx'
import styles from './logs.module.css'
import { type Lines, useContent } from './use-lines.ts'

export interface ResultsProps {
  readonly lines: Lines
  readonly columns: readonly string[]
  readonly wrap: boolean
  readonly highlight: Highlighter
  readonly selected: string | undefined
  readonly onSelect: (id: string) => void
  readonly onOpen?: (id: string) => void
  readonly onMenu: (menu: LineMenu) => void
  readonly onColumnMenu?: (column: string, at: { x: number; y: number }) => void
  readonly onScrolled?: (scrolled: boolean) => void
  readonly newer?: number | undefined
  readonly onNewer?: () => void
  /** the whole query in force, '' = none */
  readonly query: string
  readonly anchor?: string | undefined
  readonly onDropAnchor?: () => void
  readonly total?: number | undefined
  readonly listRef?: Ref<VirtualListHandle>
}

export function Results(props: ResultsProps) {
  const t = useT()
  const filters = useFilters()
  const { lines } = props
  const { window, first } = lines
  useContent(window)
  if (first.error && !first.data) return <ErrorState error={first.error} onRetry={first.refetch} />
  if (!window) return <Skeleton lines={24} />
  if (window.count === 0 && window.startReached)
    return (
      <EmptyState
        title={t(props.query === '' ? 'logs.none' : 'logs.noneMatch')}
        actions={
          props.query === '' ? (
            <WaysOut topic="bring-files">
              <Button icon="import" onClick={() => openTarget({ view: 'import', filters: [] })}>
                {t('logs.none.import')}
              </Button>
            </WaysOut>
          ) : (
            <>
              {filters.map((f) => {
                const text = `${f.field} ${f.exclude ? '≠' : '='} ${f.value}`
                return (
                  <Chip
                    key={text}
                    excluded={f.exclude}
                    removeLabel={t('workbench.filters.remove', { filter: text })}
                    onRemove={() => removeFilter(f)}
                  >
                    {text}
                  </Chip>
                )
              })}
              <WaysOut topic="log-query">
                <Button onClick={() => setParams({ query: undefined })}>{t('logs.noneMatch.clear')}</Button>
              </WaysOut>
            </>
          )
        }
      >
        {t(props.query === '' ? 'logs.none.text' : 'logs.noneMatch.text')}
      </EmptyState>
    )
  return (
    <div className={styles['results']}>
      {props.newer !== undefined && props.newer > 0 && (
        <div className={styles['pill']}>
          <Button kind="primary" icon="arrowUp" onClick={props.onNewer}>
            {t('logs.newer', { count: props.newer })}
          </Button>
        </div>
      )}
      <LineList
        {...(props.listRef === undefined ? {} : { ref: props.listRef })}
        window={window}
        columns={props.columns}
        wrap={props.wrap}
        highlight={props.highlight}
        selected={props.selected}
        onSelect={props.onSelect}
        onOpen={props.onOpen ?? props.onSelect}
        onMenu={props.onMenu}
        {...(props.onColumnMenu ? { onColumnMenu: props.onColumnMenu } : {})}
        onVisible={(from) => props.onScrolled?.(from > 0)}
        stale={first.stale}
        footer={
          <div className={styles['foot']}>
            {lines.pageError ? (
              <span className={styles['problem']} role="alert">
                <StatusShape tone="critical" /> {say(lines.pageError.message)}
              </span>
            ) : (
              <span>
                {window.endReached && window.startReached
                  ? t('logs.foot.all', { count: formatCount(window.count) })
                  : props.total === undefined
                    ? t('logs.foot.loaded', { count: formatCount(window.count) })
                    : t('logs.foot.some', { count: formatCount(window.count), total: formatCount(props.total) })}
              </span>
            )}
            {props.anchor !== undefined && (
              <button type="button" className={styles['headButton']} onClick={props.onDropAnchor}>
                {t('logs.foot.anchor')}
              </button>
            )}
          </div>
        }
      />
    </div>
  )
}
