// All incidents: what is open, how bad, for how long. Search, narrow, open, remove with undo, all by keyboard.

import { useMemo, useRef, useState } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { type ColumnSpec, frameFromRows } from '../../../shared/frame/frame.ts'
import { type MessageKey, type Translate, useT } from '../../i18n/index.ts'
import { cellOf, useMethod } from '../../lib/engine/index.ts'
import { formatClock } from '../../lib/format.ts'
import {
  Badge,
  Button,
  Chip,
  DataTable,
  type DataTableHandle,
  EmptyState,
  ErrorState,
  NameTag,
  Select,
  Skeleton,
  type TableColumn,
  TextField,
  Time,
  Toggle,
} from '../../ui/index.ts'
import {
  type Command,
  linkTo,
  setParam,
  setParams,
  useCommands,
  useParam,
  useValueMenu,
  HelpLink,
} from '../../workbench/index.ts'
import { mainClock } from './clocks.ts'
import { CreateDialog } from './CreateDialog.tsx'
import { openIncident, removeIncident, restoreIncident } from './incident-actions.ts'
import styles from './List.module.css'
import { useNow } from './now.ts'
import {
  isStage,
  numberOfIncident,
  SEVERITIES,
  SEVERITY_TONE,
  severityKey,
  STAGE_TONE,
  STAGES,
  stageKey,
} from './words.ts'

const COLUMNS: readonly ColumnSpec[] = [
  { name: 'number', type: 'int' },
  { name: 'title', type: 'string' },
  { name: 'severity', type: 'string' },
  { name: 'stage', type: 'string' },
  { name: 'clock', type: 'int', unit: 'ns' },
  { name: 'from', type: 'time' },
  { name: 'services', type: 'string' },
  { name: 'tags', type: 'string' },
  { name: 'pins', type: 'int' },
  { name: 'notes', type: 'int' },
]

const ALL = 'all'
const isSeverity = (text: string): text is Incident['severity'] => (SEVERITIES as readonly string[]).includes(text)

export function IncidentList() {
  const t = useT()
  const [text] = useParam<string>('q', '')
  const [stage] = useParam<string>('stage', ALL)
  const [severity] = useParam<string>('severity', ALL)
  const [tag] = useParam<string>('tag', '')
  const [removed] = useParam<boolean>('removed', false)
  const [creating] = useParam<boolean>('new', false)
  const [selected, setSelected] = useState(0)
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<DataTableHandle>(null)
  const input = {
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(isStage(stage) ? { stage } : {}),
    ...(isSeverity(severity) ? { severity } : {}),
    ...(tag === '' ? {} : { tag }),
    includeRemoved: removed,
    limit: 1000,
  }
  const answer = useMethod('incidents.list', input)
  const incidents = answer.data?.incidents ?? []
  const open = incidents.filter((i) => !i.removed && ['detected', 'analysing'].includes(i.stage))
  const now = useNow(open.length > 0)
  const frame = useMemo(
    () =>
      frameFromRows(
        COLUMNS,
        (answer.data?.incidents ?? []).map((i) => ({
          number: BigInt(i.number),
          title: i.title,
          severity: i.severity,
          stage: i.stage,
          clock: mainClock(i, 0n)?.ns ?? null,
          from: tryParseRfc3339(i.range.from) ?? null,
          services: i.services.join(', '),
          tags: i.tags.join(', '),
          pins: BigInt(i.pins),
          notes: BigInt(i.notes),
        })),
      ),
    [answer.data],
  )
  const at = Math.min(selected, incidents.length - 1)
  const narrowed = text !== '' || stage !== ALL || severity !== ALL || tag !== ''
  const commands = useMemo((): readonly Command[] => {
    const current = incidents[at]
    return [
      {
        id: 'incidents.list.search',
        title: 'incidents.search',
        keys: ['/'],
        group: 'incidents.title',
        run: () => search.current?.focus(),
      },
      {
        id: 'incidents.list.new',
        title: 'incidents.new',
        keys: ['n'],
        group: 'incidents.title',
        run: () => setParam('new', true),
      },
      {
        id: 'incidents.list.remove',
        title: 'incidents.removeSelected',
        keys: ['Delete'],
        group: 'incidents.title',
        when: () => current !== undefined && !current.removed && !current.readOnly,
        run: () => current && void removeIncident(current),
      },
    ]
  }, [incidents, at])
  useCommands(commands)
  const values = useValueMenu({
    question: { method: 'incidents.list', input },
    title: t('incidents.title'),
    more: (event) => {
      const incident = incidents[event.row]
      if (!incident) return []
      return [
        { id: 'open', label: t('incidents.open'), icon: 'incidents', run: () => openIncident(incident) },
        ...incident.tags.map((name) => ({
          id: `tag.${name}`,
          label: t('incidents.onlyTag', { tag: name }),
          icon: 'filter' as const,
          run: () => setParam('tag', name),
        })),
        incident.removed
          ? { id: 'restore', label: t('incidents.restore'), run: () => void restoreIncident(incident.id) }
          : {
              id: 'remove',
              label: t('incidents.remove'),
              icon: 'trash',
              danger: true,
              disabled: incident.readOnly,
              run: () => void removeIncident(incident),
            },
      ]
    },
  })
  const columns = useMemo(() => columnsOf(incidents, now, t), [incidents, now, t])
  const clear = (): void => setParams({ q: undefined, stage: undefined, severity: undefined, tag: undefined })
  return (
    <section className={styles['list']} aria-label={t('incidents.title')}>
      <div className={styles['bar']}>
        <p className={styles['headline']}>
          {answer.data ? t('incidents.headline', { count: incidents.length, open: open.length }) : ' '}
        </p>
        <TextField
          ref={search}
          label={t('incidents.search')}
          icon="search"
          placeholder={t('incidents.searchExample')}
          className={styles['search'] ?? ''}
          value={text}
          onChange={(q) => setParam('q', q === '' ? undefined : q, { replace: true })}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return
            event.preventDefault()
            table.current?.focus()
          }}
        />
        <Select
          label={t('incidents.form.stage')}
          showLabel
          value={isStage(stage) ? stage : ALL}
          options={[
            { value: ALL, label: t('incidents.any') },
            ...STAGES.map((s) => ({ value: s, label: t(stageKey(s)) })),
          ]}
          onChange={(value) => setParam('stage', value === ALL ? undefined : value)}
        />
        <Select
          label={t('incidents.form.severity')}
          showLabel
          value={isSeverity(severity) ? severity : ALL}
          options={[
            { value: ALL, label: t('incidents.any') },
            ...SEVERITIES.map((s) => ({ value: s, label: t(severityKey(s)) })),
          ]}
          onChange={(value) => setParam('severity', value === ALL ? undefined : value)}
        />
        {tag !== '' && (
          <Chip onRemove={() => setParam('tag', undefined)} removeLabel={t('incidents.clearTag', { tag })}>
            {tag}
          </Chip>
        )}
        <Toggle
          label={t('incidents.showRemoved')}
          checked={removed}
          onChange={(on) => setParam('removed', on ? true : undefined)}
        />
        <Button kind="primary" icon="plus" onClick={() => setParam('new', true)}>
          {t('incidents.new')}
        </Button>
      </div>
      {answer.error ? (
        <ErrorState error={answer.error} onRetry={answer.refetch} what={t('incidents.listFailed')} />
      ) : answer.loading ? (
        <Skeleton lines={8} className={styles['skeleton'] ?? ''} />
      ) : incidents.length === 0 ? (
        <EmptyState
          title={t(narrowed ? 'incidents.noneMatch' : 'incidents.none')}
          actions={
            narrowed ? (
              <Button onClick={clear}>{t('incidents.clear')}</Button>
            ) : (
              <>
                <Button kind="primary" icon="plus" onClick={() => setParam('new', true)}>
                  {t('incidents.new')}
                </Button>
                <a href={linkTo('start')}>{t('incidents.toStart')}</a>
                <HelpLink topic="keep" />
              </>
            )
          }
        >
          {t(narrowed ? 'incidents.noneMatchText' : 'incidents.noneText')}
        </EmptyState>
      ) : (
        <DataTable
          ref={table}
          id="incidents"
          label={t('incidents.title')}
          frame={frame}
          columns={columns}
          selected={at}
          onSelect={setSelected}
          onOpen={(row) => {
            const incident = incidents[row]
            if (incident) openIncident(incident)
          }}
          onCellMenu={values.onCellMenu}
          stale={answer.stale}
        />
      )}
      {values.menu}
      {creating && <CreateDialog onClose={() => setParam('new', undefined, { replace: true })} />}
    </section>
  )
}

function columnsOf(incidents: readonly Incident[], now: bigint, t: Translate): TableColumn[] {
  const title = (key: string): string => t(`incidents.column.${key}` as MessageKey)
  const of = (row: number): Incident | undefined => incidents[row]
  return [
    {
      id: 'number',
      title: title('number'),
      width: 76,
      align: 'start',
      text: (_, row) => numberOfIncident(of(row) ?? { number: 0 }),
      render: ({ row }) => <span className={styles['mono']}>{numberOfIncident(of(row) ?? { number: 0 })}</span>,
    },
    {
      id: 'title',
      title: title('title'),
      width: 220,
      grow: true,
      render: ({ row }) => {
        const incident = of(row)
        if (!incident) return null
        return (
          <span className={styles['title']} data-removed={incident.removed}>
            <a
              tabIndex={-1}
              href={linkTo(
                'incidents',
                { range: incident.range, sources: incident.sources },
                { path: [incident.id], filters: [] },
              )}
            >
              {incident.title}
            </a>
            {incident.readOnly && <span className={styles['dim']}>{t('incidents.readOnly')}</span>}
            {incident.removed && <span className={styles['dim']}>{t('incidents.isRemoved')}</span>}
          </span>
        )
      },
    },
    {
      id: 'severity',
      title: title('severity'),
      width: 90,
      render: ({ row }) => {
        const incident = of(row)
        return incident ? (
          <Badge tone={SEVERITY_TONE[incident.severity]}>{t(severityKey(incident.severity))}</Badge>
        ) : null
      },
    },
    {
      id: 'stage',
      title: title('stage'),
      width: 100,
      render: ({ row }) => {
        const incident = of(row)
        return incident ? <Badge tone={STAGE_TONE[incident.stage]}>{t(stageKey(incident.stage))}</Badge> : null
      },
    },
    {
      id: 'clock',
      title: title('clock'),
      width: 130,
      align: 'end',
      sortable: false,
      text: (_, row) => {
        const clock = incidents[row] && mainClock(incidents[row], now)
        return clock ? formatClock(clock.ns) : ''
      },
      render: ({ row }) => {
        const incident = of(row)
        const clock = incident && mainClock(incident, now)
        if (!clock) return <span className={styles['dim']}>–</span>
        return (
          <span className={styles['mono']} data-running={clock.until === undefined}>
            {formatClock(clock.ns)}
          </span>
        )
      },
    },
    {
      id: 'from',
      title: title('from'),
      width: 170,
      render: ({ frame: f, row }) => <Time ns={cellOf(f, 'from', row) as bigint | null} day />,
    },
    {
      id: 'services',
      title: title('services'),
      width: 160,
      render: ({ row }) => (
        <span className={styles['names']}>
          {of(row)
            ?.services.slice(0, 4)
            .map((name) => (
              <NameTag key={name} name={name} />
            ))}
        </span>
      ),
    },
    { id: 'tags', title: title('tags'), width: 100 },
    { id: 'pins', title: title('pins'), width: 60 },
    { id: 'notes', title: title('notes'), width: 60 },
  ]
}
