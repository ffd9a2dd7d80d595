// The form beside the editor: it writes the query as one goes, and the editor shows what it wrote.

import { useState } from 'react'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { Button, IconButton, Popover, Select, TextField } from '../../ui/index.ts'
import { AGGREGATES, type Built, compose, FUNCTIONS, OPERATORS, readBuilt, WINDOWS } from './builder.ts'
import styles from './metrics.module.css'

export interface QueryBuilderProps {
  readonly query: string
  readonly number: number
  readonly metrics: readonly string[]
  readonly sources: string[] | undefined
  /** what the editor shows; `run`: also ask it */
  readonly onWrite: (query: string, run: boolean) => void
}

const MOST_NAMES = 200
const MOST_VALUES = 200

const valuesOf = (table: Frame | undefined): string[] =>
  table ? Array.from({ length: table.rowCount }, (_, row) => textOf(table, 'value', row)) : []

export function QueryBuilder(props: QueryBuilderProps) {
  const t = useT()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      label={t('metrics.builder')}
      trigger={<IconButton icon="columns" label={t('metrics.builder.open', { n: props.number })} />}
    >
      <Form {...props} onDone={() => setOpen(false)} />
    </Popover>
  )
}

function Form({ query, number, metrics, sources, onWrite, onDone }: QueryBuilderProps & { onDone: () => void }) {
  const t = useT()
  const [built, setBuilt] = useState<Built | undefined>(() => readBuilt(query))
  // as typed: a comma at the end stands for the label that comes next
  const [by, setBy] = useState(() => (readBuilt(query)?.by ?? []).join(', '))
  const change = (fields: Partial<Built>): void => {
    const next = { ...(built ?? readBuilt('')), ...fields } as Built
    setBuilt(next)
    onWrite(compose(next), false)
  }
  const scope = sources ? { sources } : {}
  const selector = built && built.metric !== '' ? compose({ ...built, matchers: [], fn: '', aggregate: '' }) : undefined
  const labels = useMethod(
    'metrics.labels',
    selector === undefined ? null : { metric: selector, limit: MOST_VALUES, ...scope },
  )
  // nobody sums for each name of a metric that was chosen by its name
  const names = valuesOf(labels.data?.table).filter((name) => name !== '__name__')
  if (!built)
    return (
      <div className={styles['builder']}>
        <p>{t('metrics.builder.cannot')}</p>
        <Button onClick={() => change({})}>{t('metrics.builder.anew')}</Button>
      </div>
    )
  const matching = metrics
    .filter((name) => name.toLowerCase().includes(built.metric.toLowerCase()))
    .slice(0, MOST_NAMES)
  return (
    <form
      className={styles['builder']}
      aria-label={t('metrics.builder')}
      onSubmit={(event) => {
        event.preventDefault()
        onWrite(compose(built), true)
        onDone()
      }}
    >
      <TextField
        label={t('metrics.builder.metric')}
        showLabel
        mono
        list={`builder-metrics-${number}`}
        value={built.metric}
        onChange={(metric) => change({ metric: metric.trim() })}
      />
      <datalist id={`builder-metrics-${number}`}>
        {matching.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id={`builder-labels-${number}`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {built.matchers.map((matcher, index) => (
        // conditions have no identity but their place
        <Condition
          key={index}
          matcher={matcher}
          place={index + 1}
          lists={number}
          selector={selector}
          sources={sources}
          onChange={(next) => change({ matchers: built.matchers.map((each, i) => (i === index ? next : each)) })}
          onRemove={() => change({ matchers: built.matchers.filter((_, i) => i !== index) })}
        />
      ))}
      <Button
        kind="quiet"
        icon="plus"
        onClick={() => change({ matchers: [...built.matchers, { name: '', op: '=', value: '' }] })}
      >
        {t('metrics.builder.condition')}
      </Button>
      <div className={styles['builderRow']}>
        <Select
          label={t('metrics.builder.function')}
          showLabel
          value={built.fn}
          options={FUNCTIONS.map((value) => ({ value, label: value === '' ? t('metrics.builder.none') : value }))}
          onChange={(fn) => change({ fn })}
        />
        {built.fn !== '' && (
          <Select
            label={t('metrics.builder.window')}
            showLabel
            value={built.window}
            options={[...new Set([...WINDOWS, built.window])].map((value) => ({ value, label: value }))}
            onChange={(window) => change({ window })}
          />
        )}
        <Select
          label={t('metrics.builder.aggregate')}
          showLabel
          value={built.aggregate}
          options={AGGREGATES.map((value) => ({ value, label: value === '' ? t('metrics.builder.none') : value }))}
          onChange={(aggregate) => change({ aggregate })}
        />
      </div>
      {built.aggregate !== '' && (
        <TextField
          label={t('metrics.builder.by')}
          showLabel
          mono
          list={`builder-labels-${number}`}
          value={by}
          help={names.length > 0 ? names.slice(0, 12).join(', ') : undefined}
          onChange={(text) => {
            setBy(text)
            change({ by: text.split(/[\s,]+/).filter(Boolean) })
          }}
        />
      )}
      <Button type="submit" kind="primary" disabled={built.metric === ''}>
        {t('metrics.run')}
      </Button>
    </form>
  )
}

function Condition({
  matcher,
  place,
  lists,
  selector,
  sources,
  onChange,
  onRemove,
}: {
  matcher: Built['matchers'][number]
  place: number
  lists: number
  selector: string | undefined
  sources: string[] | undefined
  onChange: (matcher: Built['matchers'][number]) => void
  onRemove: () => void
}) {
  const t = useT()
  const values = useMethod(
    'metrics.labels',
    matcher.name === '' || selector === undefined
      ? null
      : { metric: selector, label: matcher.name, limit: MOST_VALUES, ...(sources ? { sources } : {}) },
  )
  const list = `builder-values-${lists}-${place}`
  return (
    <div className={styles['builderRow']}>
      <TextField
        label={t('metrics.builder.label', { n: place })}
        mono
        list={`builder-labels-${lists}`}
        value={matcher.name}
        onChange={(name) => onChange({ ...matcher, name: name.trim() })}
      />
      <Select
        label={t('metrics.builder.operator', { n: place })}
        value={matcher.op}
        options={OPERATORS.map((value) => ({ value, label: value }))}
        onChange={(op) => onChange({ ...matcher, op })}
      />
      <TextField
        label={t('metrics.builder.value', { n: place })}
        mono
        list={list}
        value={matcher.value}
        onChange={(value) => onChange({ ...matcher, value })}
      />
      <datalist id={list}>
        {valuesOf(values.data?.table).map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <IconButton icon="close" label={t('metrics.builder.remove', { n: place })} onClick={onRemove} />
    </div>
  )
}
