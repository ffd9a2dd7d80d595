// Logs, traces, objects and changes of the brushed part, as the other views show them.

import type { TimeRange } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatDurationNs } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { viewOfKind } from '../../lib/view-of-kind.ts'
import { Button, Tabs } from '../../ui/index.ts'
import {
  linkTo,
  logQueryOf,
  Panel,
  serviceOf,
  setRange,
  spanFilterOf,
  useFilters,
  useParam,
  useRange,
  useSources,
} from '../../workbench/index.ts'
import { rangeLabel } from '../../workbench/time-range.ts'
import styles from './WarRoom.module.css'

const TABS = ['logs', 'traces', 'objects', 'changes'] as const
type Tab = (typeof TABS)[number]
const isTab = (text: string): text is Tab => (TABS as readonly string[]).includes(text)
const VIEW: Record<Tab, string> = { logs: 'logs', traces: 'traces', objects: 'clusters', changes: 'services' }

/** Logs, which say most in words; where none of the sources can have any, the traces that one of them has. */
function useFirstTab(chosen: readonly string[]): Tab {
  const { data } = useMethod('sources.list', {})
  const asked = (data?.sources ?? []).filter(({ id, state }) =>
    chosen.length === 0 ? state === 'ready' : chosen.includes(id),
  )
  const hasTraces = asked.some(({ kind, counts, live }) =>
    live === undefined ? counts.spans > 0 : viewOfKind(kind) === 'traces',
  )
  return hasTraces && asked.every(({ counts }) => counts.logs === 0) ? 'traces' : 'logs'
}

export function BottomTabs({ incident, brush }: { incident: Incident; brush: TimeRange | undefined }) {
  const t = useT()
  const range = useRange()
  const zone = usePreferences((p) => p.zone)
  const filters = useFilters()
  const chosen = useSources() ?? incident.sources
  const sources = chosen.length === 0 ? {} : { sources: chosen }
  const first = useFirstTab(chosen)
  const [param, setTab] = useParam<string>('tab', first)
  const tab = isTab(param) ? param : first
  const service = serviceOf(filters)
  const ofService = service === undefined ? {} : { service }
  const content = (id: Tab) => {
    if (id !== tab) return null
    switch (id) {
      case 'logs':
        return <Panel name="logs.list" range={range.input} query={logQueryOf(filters)} {...sources} compact />
      case 'traces':
        return (
          <Panel name="traces.list" range={range.input} filter={{ ...spanFilterOf(filters) }} {...sources} compact />
        )
      case 'objects':
        return <Panel name="clusters.objects" range={range.input} {...ofService} {...sources} />
      case 'changes':
        return <Panel name="services.changes" range={range.input} {...ofService} {...sources} />
    }
  }
  return (
    <Tabs
      className={styles['bottom'] ?? ''}
      label={t('incidents.bottom')}
      value={tab}
      onChange={(id) => setTab(id === first ? undefined : id)}
      tabs={TABS.map((id) => ({ id, label: t(`incidents.tab.${id}`), content: content(id) }))}
      end={
        <div className={styles['bottomEnd']}>
          <span className={styles['scope']}>
            {rangeLabel(range, zone)} <span className={styles['dim']}>({formatDurationNs(range.to - range.from)})</span>
          </span>
          {brush && (
            <Button kind="quiet" onClick={() => setRange(incident.range)}>
              {t('incidents.wholeWindow')}
            </Button>
          )}
          <a className={styles['viewLink']} href={linkTo(VIEW[tab])}>
            {t('incidents.openView')}
          </a>
        </div>
      }
    />
  )
}
