// What changed, ranked: kind with its shape, subject, before and after, onset. The subject, Enter or a double click goes
// to the evidence in the same time range; the chips choose kinds.

import { type ReactNode, useCallback, useMemo } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { CHANGE_KINDS } from '../../../shared/contract/services.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT, type Translate } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { cellOf, numberOf, textOf } from '../../lib/engine/index.ts'
import {
  Button,
  type CellEvent,
  DataTable,
  EmptyState,
  Icon,
  type IconName,
  NameTag,
  type TableColumn,
  Time,
} from '../../ui/index.ts'
import { linkTo, openTarget, parseTarget, type Target, useParam, useValueMenu, WaysOut } from '../../workbench/index.ts'
import { rowsWhere } from './scope.ts'
import { ScoreBar } from './ScoreBar.tsx'
import styles from './services.module.css'

export type ChangeKind = (typeof CHANGE_KINDS)[number]
const isKind = (text: string): text is ChangeKind => CHANGE_KINDS.some((k) => k === text)

const SHAPE: Record<ChangeKind, IconName> = {
  service: 'overview',
  operation: 'traces',
  'log-level': 'logs',
  metric: 'metrics',
  version: 'arrowUp',
  object: 'clusters',
  event: 'incidents',
}

export interface ChangesListProps {
  readonly frame: Frame
  readonly input: MethodInput<'services.changes'>
  readonly stale: boolean
  readonly kinds: readonly string[]
  readonly onKinds: (kinds: readonly string[]) => void
  /** for a panel: fewer columns */
  readonly compact?: boolean
}

/** The evidence, in the range of the view rather than in the compared window. */
function evidenceOf(frame: Frame, row: number): Target | undefined {
  const target = parseTarget(cellOf(frame, 'target', row))
  if (!target) return undefined
  const { range: _, ...params } = target.params ?? {}
  return { ...target, params }
}

export function openChange(frame: Frame, row: number): void {
  const target = evidenceOf(frame, row)
  if (target) openTarget(target)
}

/** The words of a subject lead to its evidence. In a grid the arrow keys and Enter do what Tab would. */
function Evidence({ frame, row, children }: { frame: Frame; row: number; children: ReactNode }) {
  const target = evidenceOf(frame, row)
  if (!target) return children
  return (
    <a
      className={styles['evidence']}
      href={linkTo(target.view, target.params, target.path ? { path: target.path } : {})}
      tabIndex={-1}
    >
      {children}
    </a>
  )
}

/** What a change is known by in the address, whatever its place in the list. */
const nameOf = (frame: Frame, row: number): string =>
  ['kind', 'service', 'subject', 'instance', 'measure'].map((column) => textOf(frame, column, row)).join(' ')

/** Whatever cell of a change is asked, what narrows the overview is its service. */
function filterOfChange({ frame, row }: CellEvent): { field: string; value: string } | undefined {
  const service = textOf(frame, 'service', row)
  return service === '' ? undefined : { field: 'service', value: service }
}

function measureWords(t: Translate, frame: Frame, row: number): string {
  const measure = textOf(frame, 'measure', row)
  return t('services.measure', { measure })
}

function sideWords(t: Translate, text: string): string {
  return text === 'changed' || text === 'created' || text === 'deleted' ? t('services.objectWas', { what: text }) : text
}

export function ChangesList({ frame, input, stale, kinds, onKinds, compact = false }: ChangesListProps) {
  const t = useT()
  const [chosen, setChosen] = useParam<string>('change', '')
  const counts = useMemo(() => {
    const out = new Map<string, number>()
    for (let row = 0; row < frame.rowCount; row++) {
      const kind = textOf(frame, 'kind', row)
      out.set(kind, (out.get(kind) ?? 0) + 1)
    }
    return out
  }, [frame])
  const shown = useMemo(
    () => (kinds.length === 0 ? frame : rowsWhere(frame, (row) => kinds.includes(textOf(frame, 'kind', row)))),
    [frame, kinds],
  )
  const selected = useMemo(() => {
    for (let row = 0; row < shown.rowCount; row++) if (nameOf(shown, row) === chosen) return row
    return -1
  }, [shown, chosen])
  const question = useMemo(() => ({ method: 'services.changes' as const, input }), [input])
  const more = useCallback(
    (event: { frame: Frame; row: number }) => [
      {
        id: 'open',
        icon: 'arrowRight' as const,
        label: t('services.openChange'),
        run: () => openChange(event.frame, event.row),
      },
    ],
    [t],
  )
  const values = useValueMenu({ question, title: t('services.changes'), filterOf: filterOfChange, more })
  const columns = useMemo((): TableColumn[] => {
    const all: TableColumn[] = [
      {
        id: 'score',
        title: t('services.change'),
        width: 80,
        align: 'start',
        render: ({ frame: f, row }) => <ScoreBar score={numberOf(f, 'score', row)} />,
      },
      {
        id: 'kind',
        title: t('services.kind'),
        width: 104,
        render: ({ frame: f, row }) => {
          const kind = textOf(f, 'kind', row)
          return (
            <span className={styles['kind']}>
              {isKind(kind) && <Icon name={SHAPE[kind]} size={12} />}
              {t('services.kindName', { kind })}
            </span>
          )
        },
      },
      {
        id: 'subject',
        title: t('services.subject'),
        width: 170,
        grow: true,
        render: ({ frame: f, row }) => {
          const [kind, subject, service, instance] = [
            textOf(f, 'kind', row),
            textOf(f, 'subject', row),
            textOf(f, 'service', row),
            textOf(f, 'instance', row),
          ]
          if (kind === 'service' || kind === 'version')
            return (
              <Evidence frame={f} row={row}>
                <NameTag name={subject} />
              </Evidence>
            )
          return (
            <span className={styles['subject']}>
              {service !== '' && <NameTag name={service} className={styles['subjectService'] ?? ''} />}
              <span className={styles['subjectText']} title={instance === '' ? subject : `${subject} ${instance}`}>
                <Evidence frame={f} row={row}>
                  {kind === 'log-level' ? t('services.levelLines', { level: subject }) : subject}
                </Evidence>
                {instance !== '' && <span className={styles['instance']}> {instance}</span>}
              </span>
            </span>
          )
        },
        text: (f, row) => [textOf(f, 'subject', row), textOf(f, 'instance', row)].join(' ').trim(),
      },
      {
        id: 'measure',
        title: t('services.measureTitle'),
        width: 84,
        render: ({ frame: f, row }) => measureWords(t, f, row),
      },
      {
        id: 'after',
        title: t('services.beforeAfter'),
        width: 190,
        // a wide window is shared with the subject, so that the eye has not far to go
        grow: !compact,
        align: 'start',
        sortable: false,
        render: ({ frame: f, row }) => {
          const [was, is] = [textOf(f, 'beforeText', row), textOf(f, 'afterText', row)]
          const [wasShort, isShort] = shortened(was, is)
          const direction = textOf(f, 'direction', row)
          return (
            <span className={styles['beforeAfter']} title={was === '' ? is : `${was} → ${is}`}>
              {wasShort !== '' && (
                <>
                  <span className={styles['wasText']}>{wasShort}</span>
                  <span aria-hidden="true">→</span>
                </>
              )}
              <span>{sideWords(t, isShort)}</span>
              {direction !== 'changed' && (
                <span className={styles['spoken']}>{t(direction === 'up' ? 'services.rose' : 'services.fell')}</span>
              )}
            </span>
          )
        },
        text: (f, row) => `${textOf(f, 'beforeText', row)} → ${textOf(f, 'afterText', row)}`,
      },
      {
        id: 'at',
        title: t('services.since'),
        width: 84,
        align: 'end',
        render: ({ frame: f, row }) => {
          const at = cellOf(f, 'at', row)
          return <Time ns={typeof at === 'bigint' ? at : null} />
        },
      },
    ]
    return compact ? all.filter((c) => c.id !== 'measure') : all
  }, [t, compact])

  const toggle = (kind: string): void =>
    onKinds(kinds.includes(kind) ? kinds.filter((k) => k !== kind) : [...kinds, kind])
  return (
    <div className={styles['changes']}>
      <div className={styles['kinds']} role="group" aria-label={t('services.kinds')}>
        {CHANGE_KINDS.filter((kind) => counts.has(kind) || kinds.includes(kind)).map((kind) => (
          <Button key={kind} kind="quiet" pressed={kinds.includes(kind)} onClick={() => toggle(kind)}>
            <Icon name={SHAPE[kind]} size={12} />
            {t('services.kindName', { kind })}
            <span className={cx(styles['dim'], styles['digits'])}>{counts.get(kind) ?? 0}</span>
          </Button>
        ))}
      </div>
      <DataTable
        id="services.changes"
        label={t('services.changes')}
        frame={shown}
        columns={columns}
        selected={selected}
        onSelect={(row) => setChosen(nameOf(shown, row), { replace: true })}
        onOpen={(row) => openChange(shown, row)}
        onCellMenu={values.onCellMenu}
        stale={stale}
        empty={
          <EmptyState title={t('services.noChanges')} actions={<WaysOut topic="look" />}>
            {t('services.noChangesHint')}
          </EmptyState>
        }
      />
      {values.menu}
    </div>
  )
}

/** Two tags of one image by their tags, as the subject names the rest. */
function shortened(was: string, is: string): [string, string] {
  const image = /^([\w.-]+(?::\d+)?\/[^\s:]+):(\S+)$/
  const [a, b] = [image.exec(was), image.exec(is)]
  return a && b && a[1] === b[1] ? [a[2] ?? was, b[2] ?? is] : [was, is]
}
