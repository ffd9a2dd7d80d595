// One object: what each of its versions changed, by path, before and after; its events; the newest version whole.

import { useMemo, useState } from 'react'
import { fromMillis, tryParseInstant } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { Drawer, EmptyState, ErrorState, JsonTree, NameTag, PartialNote, Skeleton, Tabs, Time } from '../../ui/index.ts'
import { useRange, useScope } from '../../workbench/index.ts'
import { rowsWhere } from './rows.ts'
import styles from './clusters.module.css'
import { Happenings } from './Happenings.tsx'
import { textOf } from '../../lib/engine/index.ts'

const shown = (value: unknown): string =>
  value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

export function ObjectDrawer({ uid, onClose }: { uid: string; onClose: () => void }) {
  const t = useT()
  const range = useRange()
  const scope = useScope()
  const [tab, setTab] = useState<'changes' | 'events' | 'whole'>('changes')
  const object = useMethod('clusters.object', { ...scope, uid }, { keepPrevious: false })
  const data = object.data
  const eventsInput = useMemo(() => data && { ...scope, text: data.name, limit: 1000 }, [scope, data])
  const events = useMethod('clusters.happenings', eventsInput ?? null, { keepPrevious: false })
  const own = useMemo(
    () => events.data && rowsWhere(events.data.table, (f, row) => textOf(f, 'name', row) === data?.name),
    [events.data, data],
  )
  const name = data ? `${data.kind} ${data.namespace === '' ? '' : `${data.namespace}/`}${data.name}` : uid
  return (
    <Drawer
      label={name}
      title={
        <span className={styles['drawerTitle']}>
          <span className={styles['dim']}>{data?.kind}</span> {data?.name ?? uid}
        </span>
      }
      onClose={onClose}
      actions={data && data.service !== '' ? <NameTag name={data.service} /> : undefined}
    >
      {object.error ? (
        <ErrorState error={object.error} onRetry={object.refetch} what={t('clusters.objectFailed')} />
      ) : !data ? (
        <Skeleton lines={12} className={styles['pad'] ?? ''} />
      ) : (
        <Tabs
          label={name}
          value={tab}
          onChange={setTab}
          className={styles['tabs'] ?? ''}
          end={<PartialNote completeness={data.completeness} />}
          tabs={[
            {
              id: 'changes',
              label: t('clusters.tabChanges', { count: data.versions.length }),
              content: (
                <ol className={styles['versions']} tabIndex={0} aria-label={t('clusters.versions')}>
                  {[...data.versions].reverse().map((v) => (
                    <li key={`${v.resourceVersion} ${v.time}`}>
                      <h3>
                        <Time ns={tryParseInstant(v.time, fromMillis(Date.now()))} />
                        <span className={styles['dim']}>{t('clusters.version', { version: v.resourceVersion })}</span>
                        {v.deleted && <span>{t('clusters.wasDeleted')}</span>}
                      </h3>
                      {v.changes.length === 0 ? (
                        !v.deleted && <p className={styles['dim']}>{t('clusters.firstSeen')}</p>
                      ) : (
                        <dl>
                          {v.changes.map((c) => (
                            <div key={c.path}>
                              <dt>{c.path}</dt>
                              <dd>
                                <del>{shown(c.before)}</del>
                                <span aria-hidden="true"> → </span>
                                <ins>{shown(c.after)}</ins>
                              </dd>
                            </div>
                          ))}
                        </dl>
                      )}
                    </li>
                  ))}
                </ol>
              ),
            },
            {
              id: 'events',
              label: t('clusters.tabEvents', { count: own?.rowCount ?? 0 }),
              content:
                own && eventsInput ? (
                  own.rowCount === 0 ? (
                    <EmptyState title={t('clusters.noEvents')}>{t('clusters.noEventsHint')}</EmptyState>
                  ) : (
                    <Happenings frame={own} input={eventsInput} range={range} stale={events.stale} bare />
                  )
                ) : events.error ? (
                  <ErrorState error={events.error} onRetry={events.refetch} />
                ) : (
                  <Skeleton lines={8} />
                ),
            },
            {
              id: 'whole',
              label: t('clusters.tabWhole'),
              content: (
                <div className={styles['whole']} tabIndex={0} role="region" aria-label={t('clusters.tabWhole')}>
                  <JsonTree value={data.latest} open={2} />
                </div>
              ),
            },
          ]}
        />
      )}
    </Drawer>
  )
}
