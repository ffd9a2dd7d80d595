// The query of the search view: service, operation, durations, status, attributes and text, each completed from what
// there is in the range. Enter asks; what is asked is in the address.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { useT } from '../../../i18n/index.ts'
import { engine, rowsOf, useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import { Button, Chip, CodeEditor, CommitField, type CompletionSource, Select } from '../../../ui/index.ts'
import { type Command, setParams, useCommands, useScope } from '../../../workbench/index.ts'
import { atCursor, parseQuery, printQuery, quoteValue } from './query-text.ts'
import styles from './search.module.css'

const shownDuration = (value: string | number | undefined): string =>
  value === undefined ? '' : typeof value === 'number' ? formatDurationNs(value).replace(' ', '') : value

export function QueryRow({ own }: { own: SpanFilter }) {
  const t = useT()
  const scope = useScope()
  const row = useRef<HTMLDivElement>(null)
  const attributes = useMemo(
    () => Object.fromEntries(Object.entries(own.attributes ?? {}).map(([k, v]) => [k, String(v)])),
    [own.attributes],
  )
  const committed = printQuery({ attributes, text: own.text ?? '' })
  const [query, setQuery] = useState(committed)
  useEffect(() => setQuery(committed), [committed])
  // names cost a live source its newest traces: they are asked for by who comes to type one
  const [isUsed, setUsed] = useState(false)
  const services = useMethod('traces.values', isUsed ? { ...scope, key: 'service', limit: 500 } : null)
  const operations = useMethod(
    'traces.values',
    isUsed
      ? { ...scope, key: 'operation', ...(own.service === undefined ? {} : { service: own.service }), limit: 500 }
      : null,
  )
  const names = (table: typeof services.data): string[] =>
    table ? rowsOf(table.table).map((r) => String(r['value'])) : []

  const run = (typed: string): void => {
    const parsed = parseQuery(typed)
    setParams({
      attributes: Object.keys(parsed.attributes).length > 0 ? parsed.attributes : undefined,
      text: parsed.text === '' ? undefined : parsed.text,
    })
  }
  const complete = useCallback<CompletionSource>(
    async (before, signal) => {
      const { key, typed } = atCursor(before)
      if (key === undefined) {
        const { table } = await engine().call('traces.keys', { ...scope, text: typed, limit: 50 }, { signal })
        const items = rowsOf(table).map((r) => ({
          label: String(r['key']),
          insert: `${r['key']}:`,
          detail: formatCount(Number(r['spans'])),
        }))
        return { items, replace: typed.length }
      }
      const { table } = await engine().call('traces.values', { ...scope, key, text: typed, limit: 50 }, { signal })
      const items = rowsOf(table).map((r) => ({
        label: String(r['value']),
        insert: quoteValue(String(r['value'])),
        detail: formatCount(Number(r['spans'])),
      }))
      return { items, replace: typed.length }
    },
    [scope],
  )
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'traces.query',
        title: 'workbench.command.query',
        keys: ['/'],
        group: 'traces.title',
        run: () => row.current?.querySelector<HTMLElement>('[contenteditable="true"]')?.focus(),
      },
    ],
    [],
  )
  useCommands(commands)

  return (
    <div
      ref={row}
      className={styles['query']}
      role="search"
      aria-label={t('traces.search')}
      onFocus={() => setUsed(true)}
    >
      <CommitField
        label={t('traces.service')}
        placeholder={t('traces.service')}
        className={styles['name'] ?? ''}
        value={own.service ?? ''}
        options={names(services.data)}
        onCommit={(service) => setParams({ service: service || undefined, operation: undefined })}
      />
      <CommitField
        label={t('traces.operation')}
        placeholder={t('traces.operation')}
        className={styles['wide'] ?? ''}
        value={own.operation ?? ''}
        options={names(operations.data)}
        onCommit={(operation) => setParams({ operation: operation || undefined })}
      />
      <DurationField
        label={t('traces.minDuration')}
        value={shownDuration(own.minDuration)}
        onChange={(minDuration) => setParams({ minDuration })}
      />
      <DurationField
        label={t('traces.maxDuration')}
        value={shownDuration(own.maxDuration)}
        onChange={(maxDuration) => setParams({ maxDuration })}
      />
      <Select
        label={t('traces.status')}
        value={own.status ?? 'any'}
        options={[
          { value: 'any', label: t('traces.anyStatus') },
          { value: 'error', label: t('traces.failed') },
          { value: 'ok', label: t('traces.ok') },
          { value: 'unset', label: t('traces.unset') },
        ]}
        onChange={(status) => setParams({ status: status === 'any' ? undefined : status })}
      />
      <div className={styles['editor']}>
        <CodeEditor
          label={t('traces.query')}
          language="query"
          value={query}
          onChange={setQuery}
          onRun={run}
          complete={complete}
          placeholder={t('traces.queryPlaceholder')}
        />
      </div>
      <Button kind="primary" onClick={() => run(query)}>
        {t('traces.searchNow')}
      </Button>
      {(own.minTraceDuration !== undefined || own.maxTraceDuration !== undefined) && (
        <Chip onRemove={() => setParams({ minTraceDuration: undefined, maxTraceDuration: undefined })}>
          {t('traces.traceLength', {
            from: shownDuration(own.minTraceDuration) || '0',
            to: shownDuration(own.maxTraceDuration) || '∞',
          })}
        </Chip>
      )}
      {own.rootOnly && <Chip onRemove={() => setParams({ rootOnly: undefined })}>{t('traces.rootOnly')}</Chip>}
    </div>
  )
}

function DurationField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (value: string | undefined) => void
}) {
  const t = useT()
  return (
    <CommitField
      label={label}
      placeholder={label}
      className={styles['duration'] ?? ''}
      mono
      inBar
      value={value}
      wrong={(text) => (text === '' || tryParseDuration(text) !== undefined ? undefined : t('traces.notADuration'))}
      onCommit={(text) => onChange(text === '' ? undefined : text)}
    />
  )
}
