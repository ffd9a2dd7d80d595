// The query of the search view: service, operation, durations, status, attributes and text, each completed from what
// there is in the range. Enter asks; what is asked is in the address.

import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { useT } from '../../../i18n/index.ts'
import { engine, rowsOf, useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs } from '../../../lib/format.ts'
import { Button, Chip, CodeEditor, type CompletionSource, Select, TextField } from '../../../ui/index.ts'
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
  const services = useMethod('traces.values', { ...scope, key: 'service', limit: 500 })
  const operations = useMethod('traces.values', {
    ...scope,
    key: 'operation',
    ...(own.service === undefined ? {} : { service: own.service }),
    limit: 500,
  })
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
    <div ref={row} className={styles['query']} role="search" aria-label={t('traces.search')}>
      <NameField
        label={t('traces.service')}
        value={own.service ?? ''}
        options={names(services.data)}
        onChange={(service) => setParams({ service: service || undefined, operation: undefined })}
      />
      <NameField
        label={t('traces.operation')}
        wide
        value={own.operation ?? ''}
        options={names(operations.data)}
        onChange={(operation) => setParams({ operation: operation || undefined })}
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

function NameField({
  label,
  value,
  options,
  onChange,
  wide = false,
}: {
  label: string
  value: string
  options: readonly string[]
  onChange: (value: string) => void
  wide?: boolean
}) {
  const listId = useId()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const commit = (next: string): void => {
    if (next.trim() !== value) onChange(next.trim())
  }
  return (
    <>
      <TextField
        label={label}
        placeholder={label}
        className={(wide ? styles['wide'] : styles['name']) ?? ''}
        list={listId}
        value={typed}
        onChange={(next) => {
          setTyped(next)
          // an option was chosen from the list
          if (options.includes(next) || next === '') commit(next)
        }}
        onBlur={() => commit(typed)}
        onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && commit(typed)}
      />
      <datalist id={listId}>
        {options.map((o) => (
          <option key={o} value={o} />
        ))}
      </datalist>
    </>
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
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const text = typed.trim()
  const wrong = text !== '' && tryParseDuration(text) === undefined
  const commit = (): void => {
    if (!wrong && text !== value) onChange(text === '' ? undefined : text)
  }
  return (
    <TextField
      label={label}
      placeholder={label}
      className={styles['duration'] ?? ''}
      mono
      title={wrong ? t('traces.notADuration') : undefined}
      aria-invalid={wrong}
      value={typed}
      onChange={setTyped}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  )
}
