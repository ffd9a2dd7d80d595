// The sign in the header that the incident is being recorded, and the way to what it costs, misses, and how it ends.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatClock } from '../../lib/format.ts'
import { Badge, Button } from '../../ui/index.ts'
import { useNow } from './now.ts'
import { useIsLive } from './use-live.ts'
import styles from './WarRoom.module.css'

export function RecordControl({ incident, onOpen }: { incident: Incident; onOpen: () => void }) {
  const t = useT()
  const status = useMethod('recording.status', { incident: incident.id }, { keepPrevious: false })
  const { state, startedAt } = status.data ?? {}
  const running = state === 'running'
  const at = useNow(running)
  const isLive = useIsLive(incident)
  if (running) {
    const since = tryParseRfc3339(startedAt ?? '')
    const time = since === undefined || at < since ? '' : formatClock(at - since)
    return (
      <button
        type="button"
        className={styles['plain']}
        title={t('recordings.runningFor', { time })}
        data-testid="recording"
        onClick={onOpen}
      >
        <Badge tone="critical" filled>
          {t('recordings.running')}
        </Badge>
        <span className={styles['clock']}>{time}</span>
      </button>
    )
  }
  if (state === 'interrupted')
    return (
      <button type="button" className={styles['plain']} data-testid="recording" onClick={onOpen}>
        <Badge tone="warning">{t('recordings.interrupted')}</Badge>
      </button>
    )
  if (!isLive) return null
  return (
    <Button kind="quiet" icon="record" onClick={onOpen}>
      {t('recordings.record')}
    </Button>
  )
}
