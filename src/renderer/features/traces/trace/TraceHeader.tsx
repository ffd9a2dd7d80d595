// The trace in one line of words, with what is odd about it, and what can be done with it as a whole.

import { type ReactNode, useMemo } from 'react'
import { type MessageKey, useT } from '../../../i18n/index.ts'
import { formatCount } from '../../../lib/format.ts'
import { IconButton, Menu, NameTag, Num, PartialNote, StatusShape, Time, Tooltip } from '../../../ui/index.ts'
import { askAbout, copyText, openTarget, pin, type Command, saveTrace, useCommands } from '../../../workbench/index.ts'
import { type Header, questionOf, rangeOf, startOf } from './header.ts'
import type { TraceChange } from './state.ts'
import styles from './trace.module.css'

const ODD = [
  { key: 'orphans', title: 'traces.orphanCount', help: 'traces.orphanHelp' },
  { key: 'skewed', title: 'traces.skewCount', help: 'traces.skewHelp' },
  { key: 'duplicates', title: 'traces.duplicateCount', help: 'traces.duplicateHelp' },
  { key: 'cycles', title: 'traces.cycleCount', help: 'traces.cycleHelp' },
] as const satisfies ReadonlyArray<{ key: keyof Header; title: MessageKey; help: MessageKey }>

const MINUTE = 60_000_000_000n

export function TraceHeader({
  header,
  sources,
  actions,
  change,
}: {
  header: Header
  sources: string[] | undefined
  actions: ReactNode
  change: TraceChange
}) {
  const t = useT()
  const input = useMemo(() => questionOf(header, sources), [header, sources])
  const title = `${header.rootService} ${header.rootOperation}`
  const pinIt = (): void => void pin({ method: 'traces.header', input, title, at: header.start })
  const commands = useMemo<readonly Command[]>(
    () => [
      {
        id: 'traces.pin',
        title: 'traces.command.pin',
        keys: ['p'],
        group: 'traces.keys',
        run: () => void pin({ method: 'traces.header', input, title, at: header.start }),
      },
    ],
    [input, title, header.start],
  )
  useCommands(commands)
  return (
    <header className={styles['header']}>
      <div className={styles['headWords']}>
        <h2 className={styles['title']}>
          <NameTag name={header.rootService} /> <span className={styles['titleText']}>{header.rootOperation}</span>
        </h2>
        <span className={styles['big']}>
          <Num value={Number(header.durationNs)} unit="ns" />
        </span>
        <span className={styles['factLine']}>
          <span>{t('traces.spanCount', { count: header.spans })}</span>
          <span className={header.errors > 0 ? styles['bad'] : undefined}>
            {header.errors > 0 && <StatusShape tone="critical" />}
            {t('traces.errorCount', { count: header.errors })}
          </span>
          <span>{t('traces.serviceCount', { count: header.services.length })}</span>
          <span>{t('traces.levels', { count: header.depth + 1 })}</span>
          <span>
            <Time ns={startOf(header)} precision="ms" day />
          </span>
          <span className={styles['pathKey']} title={t('traces.pathKeyHelp')}>
            <i data-colour /> {t('traces.pathKey')}
          </span>
          {ODD.filter((odd) => header[odd.key] > 0).map((odd) => (
            <Tooltip key={odd.key} text={t(odd.help)}>
              <button
                type="button"
                className={styles['odd']}
                onClick={(event) => {
                  const box = event.currentTarget.getBoundingClientRect()
                  askAbout({
                    method: 'traces.header',
                    input,
                    value: t(odd.title, { count: header[odd.key] }),
                    at: { x: box.left, y: box.bottom },
                    completeness: header.completeness,
                  })
                }}
              >
                <StatusShape tone="warning" /> {t(odd.title, { count: header[odd.key] })}
              </button>
            </Tooltip>
          ))}
          <PartialNote completeness={header.completeness} />
        </span>
      </div>
      <div className={styles['headActions']}>
        <IconButton icon="pin" label={t('traces.command.pin')} keys="p" onClick={pinIt} />
        <Menu
          align="end"
          trigger={<IconButton icon="more" label={t('traces.traceMenu', { spans: formatCount(header.spans) })} />}
          groups={[
            {
              items: [
                {
                  id: 'logs',
                  icon: 'logs',
                  label: t('traces.pivot.traceLogs'),
                  run: () =>
                    openTarget({
                      view: 'logs',
                      params: { query: `trace:${header.traceId}`, range: rangeOf(header, MINUTE) },
                      filters: [],
                    }),
                },
                {
                  id: 'similar',
                  icon: 'traces',
                  label: t('traces.pivot.sameRoot'),
                  run: () =>
                    openTarget({
                      view: 'traces',
                      params: { service: header.rootService, operation: header.rootOperation, rootOnly: true },
                    }),
                },
                {
                  id: 'compare',
                  icon: 'columns',
                  label: t('traces.compareOther'),
                  run: () => change({ tab: 'compare', other: '' }),
                },
              ],
            },
            {
              items: [
                {
                  id: 'save',
                  icon: 'export',
                  label: t('traces.saveTrace'),
                  run: () => saveTrace({ traceId: header.traceId, sources: [header.source], title }),
                },
                {
                  id: 'copy',
                  icon: 'copy',
                  label: t('traces.copyId'),
                  run: () => void copyText(header.traceId),
                },
              ],
            },
          ]}
        />
        {actions}
      </div>
    </header>
  )
}
