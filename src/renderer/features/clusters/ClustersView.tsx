// Kubernetes objects and what happened to them: two tabs over one scope, the history of an object in the drawer.

import { useMemo, useRef } from 'react'
import type { Frame } from '../../../shared/frame/frame.ts'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import {
  Button,
  Chip,
  EmptyState,
  ErrorState,
  PartialNote,
  Skeleton,
  SplitPane,
  StatusShape,
  Tabs,
  TextField,
} from '../../ui/index.ts'
import {
  type Filter,
  serviceOf,
  setParam,
  setParams,
  useCommands,
  useFilters,
  useParam,
  useRange,
  useScope,
  WaysOut,
  WhyButton,
} from '../../workbench/index.ts'
import styles from './clusters.module.css'
import { type Belonging, objectFilters } from './filters.ts'
import { Happenings } from './Happenings.tsx'
import { ObjectDrawer } from './ObjectDrawer.tsx'
import { ObjectsTable } from './ObjectsTable.tsx'
import { rowsWhere } from './rows.ts'
import { KINDS } from './volume.ts'

const NO_KINDS: readonly string[] = []
const showObject = (uid: string): void => setParam('uid', uid, { replace: true })

const spelt = (f: Filter): string => `${f.field} ${f.exclude ? '≠' : '='} ${f.value}`

const belonging = (frame: Frame, row: number, kind: 'kind' | 'objectKind'): Belonging => ({
  kind: textOf(frame, kind, row),
  namespace: textOf(frame, 'namespace', row),
  name: textOf(frame, 'name', row),
  service: textOf(frame, 'service', row),
  detail: kind === 'kind' ? textOf(frame, 'detail', row) : '',
})

export default function ClustersView() {
  const t = useT()
  const range = useRange()
  const scope = useScope()
  const filters = useFilters()
  const [text] = useParam<string>('text', '')
  const [kind] = useParam<string>('kind', '')
  const [uid] = useParam<string>('uid', '')
  const [ownService] = useParam<string>('service', '')
  const [tabParam] = useParam<string>('tab', '')
  const [shownKinds] = useParam<readonly string[]>('happenings', NO_KINDS)
  // a link to an event names its reason as text: it means the happenings, unless the tab is named as well
  const tab = tabParam === 'happenings' || (tabParam === '' && text !== '' && uid === '') ? 'happenings' : 'objects'
  const service = ownService !== '' ? ownService : serviceOf(filters)
  const narrowed = useMemo(() => objectFilters(filters), [filters])
  const query = useRef<HTMLInputElement>(null)
  useCommands(
    useMemo(
      () => [
        {
          id: 'clusters.query',
          title: 'workbench.command.query' as const,
          keys: ['/'],
          group: 'clusters.title' as const,
          inPalette: false,
          run: () => query.current?.focus(),
        },
      ],
      [],
    ),
  )

  const common = useMemo(
    () => ({ ...scope, ...(service === undefined ? {} : { service }), ...(text === '' ? {} : { text }) }),
    [scope, service, text],
  )
  const objectsInput = useMemo((): MethodInput<'clusters.objects'> => ({ ...common, limit: 5000 }), [common])
  const happeningsInput = useMemo((): MethodInput<'clusters.happenings'> => ({ ...common, limit: 10_000 }), [common])
  const objects = useMethod('clusters.objects', objectsInput)
  const happenings = useMethod('clusters.happenings', happeningsInput)

  const objectFrame = useMemo(
    () => objects.data && rowsWhere(objects.data.table, (f, row) => narrowed.keeps(belonging(f, row, 'kind'))),
    [objects.data, narrowed],
  )
  const kinds = useMemo(() => {
    const counts = new Map<string, number>()
    for (let row = 0; objectFrame && row < objectFrame.rowCount; row++) {
      const of = textOf(objectFrame, 'kind', row)
      counts.set(of, (counts.get(of) ?? 0) + 1)
    }
    return [...counts].sort((a, b) => b[1] - a[1])
  }, [objectFrame])
  const happened = useMemo(
    () =>
      happenings.data &&
      rowsWhere(
        happenings.data.table,
        (f, row) =>
          narrowed.keeps(belonging(f, row, 'objectKind')) &&
          (shownKinds.length === 0 || shownKinds.includes(textOf(f, 'kind', row))),
      ),
    [happenings.data, narrowed, shownKinds],
  )

  const objectsPane =
    objects.error && !objects.data ? (
      <ErrorState error={objects.error} onRetry={objects.refetch} what={t('clusters.objectsFailed')} />
    ) : objectFrame ? (
      objectFrame.rowCount === 0 ? (
        <EmptyState title={t('clusters.noObjects')} actions={<WaysOut topic="look" />}>
          {t('clusters.noObjectsHint')}
        </EmptyState>
      ) : (
        <div className={styles['pane']}>
          <div className={styles['kinds']} role="group" aria-label={t('clusters.kinds')}>
            <Button kind="quiet" pressed={kind === ''} onClick={() => setParam('kind', undefined)}>
              {t('clusters.allKinds')} <span className={styles['dim']}>{formatCount(objectFrame.rowCount)}</span>
            </Button>
            {kinds.map(([name, count]) => (
              <Button key={name} kind="quiet" pressed={kind === name} onClick={() => setParam('kind', name)}>
                {name} <span className={styles['dim']}>{formatCount(count)}</span>
              </Button>
            ))}
            <WhyButton
              question={{
                method: 'clusters.objects',
                input: objectsInput,
                rows: objectFrame.rowCount,
                completeness: objects.data?.completeness,
              }}
              value={formatCount(objectFrame.rowCount)}
            />
          </div>
          <ObjectsTable
            frame={objectFrame}
            input={objectsInput}
            kind={kind}
            stale={objects.stale}
            uid={uid}
            onUid={showObject}
          />
        </div>
      )
    ) : (
      <Skeleton lines={20} className={styles['pad'] ?? ''} />
    )
  const happeningsPane =
    happenings.error && !happenings.data ? (
      <ErrorState error={happenings.error} onRetry={happenings.refetch} what={t('clusters.happeningsFailed')} />
    ) : happened ? (
      <div className={styles['pane']}>
        <div className={styles['kinds']} role="group" aria-label={t('clusters.kinds')}>
          {KINDS.map((k) => (
            <Button
              key={k}
              kind="quiet"
              pressed={shownKinds.includes(k)}
              onClick={() => {
                const next = shownKinds.includes(k) ? shownKinds.filter((x) => x !== k) : [...shownKinds, k]
                setParam('happenings', next.length === 0 ? undefined : next)
              }}
            >
              {t('clusters.kindName', { kind: k })}
            </Button>
          ))}
        </div>
        <Happenings
          frame={happened}
          input={happeningsInput}
          range={range}
          stale={happenings.stale}
          onUid={showObject}
        />
      </div>
    ) : (
      <Skeleton lines={20} className={styles['pad'] ?? ''} />
    )

  return (
    <div className={styles['view']}>
      <div className={styles['query']}>
        <TextField
          ref={query}
          icon="search"
          label={t('clusters.search')}
          placeholder={t('clusters.search')}
          value={text}
          onChange={(next) => setParams({ text: next === '' ? undefined : next, tab }, { replace: true })}
          className={styles['search'] ?? ''}
        />
        {ownService !== '' && (
          <Chip onRemove={() => setParam('service', undefined)}>
            {t('clusters.service')} = {ownService}
          </Chip>
        )}
        {narrowed.unused.length > 0 && (
          <span className={styles['unused']} role="status">
            <StatusShape tone="note" />{' '}
            {t('clusters.unusedFilters', { filters: narrowed.unused.map(spelt).join(', ') })}
          </span>
        )}
        <PartialNote completeness={(tab === 'objects' ? objects : happenings).data?.completeness} />
      </div>
      <SplitPane
        id="clusters.detail"
        covers
        label={t('clusters.object')}
        direction="row"
        sized="second"
        initial={460}
        min={280}
        open={uid !== ''}
        className={styles['split'] ?? ''}
      >
        {[
          <Tabs
            key="list"
            label={t('clusters.title')}
            value={tab}
            onChange={(next) => setParam('tab', next)}
            className={styles['tabs'] ?? ''}
            tabs={[
              { id: 'objects', label: t('clusters.objects'), content: objectsPane },
              { id: 'happenings', label: t('clusters.happenings'), content: happeningsPane },
            ]}
          />,
          uid === '' ? null : (
            <ObjectDrawer key={uid} uid={uid} onClose={() => setParam('uid', undefined, { replace: true })} />
          ),
        ]}
      </SplitPane>
    </div>
  )
}
