// Storage: how much there is and what takes it, then what can be done about it, a page for each.

import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatBytes } from '../../lib/format.ts'
import { ErrorState, Skeleton, StatusShape, Tabs } from '../../ui/index.ts'
import { useParam } from '../../workbench/index.ts'
import { BackupPage } from './BackupPage.tsx'
import { CleanPage } from './CleanPage.tsx'
import { RulesPage } from './RulesPage.tsx'
import { UsagePage } from './UsagePage.tsx'
import styles from './space.module.css'

const DISK_TONES = { ok: 'ok', low: 'warning', critical: 'critical' } as const

export default function SpaceView() {
  const t = useT()
  const [part, setPart] = useParam<string>('part', 'usage')
  const { data, error, refetch } = useMethod('space.usage', {})
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  const parts = [
    { id: 'usage', content: data ? <UsagePage usage={data} /> : <Skeleton lines={12} /> },
    { id: 'clean', content: <CleanPage /> },
    { id: 'rules', content: <RulesPage /> },
    { id: 'backup', content: <BackupPage /> },
  ] as const
  const chosen = parts.find(({ id }) => id === part)?.id ?? 'usage'
  return (
    <div className={styles['page']}>
      {data ? (
        <p className={styles['headline']}>
          <StatusShape tone={DISK_TONES[data.disk.state]} label={t(`space.disk.${data.disk.state}`)} />
          {t('space.headline', {
            used: formatBytes(data.totalBytes),
            free: formatBytes(data.disk.freeBytes),
            disk: formatBytes(data.disk.totalBytes),
          })}
        </p>
      ) : (
        <Skeleton lines={1} />
      )}
      <Tabs
        label={t('space.title')}
        value={chosen}
        onChange={(next) => setPart(next === 'usage' ? undefined : next)}
        tabs={parts.map(({ id, content }) => ({
          id,
          label: t(`space.part.${id}`),
          content: <div className={styles['body']}>{content}</div>,
        }))}
      />
    </div>
  )
}
