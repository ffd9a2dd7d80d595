// What was read into a source, newest first.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { ErrorState, Skeleton, Time } from '../../ui/index.ts'
import { baseName } from '../../workbench/index.ts'
import { formatName, shownPath } from './formats.ts'
import styles from './Import.module.css'

/** Enough for a look; a folder of ten thousand files is counted, not listed. */
const SHOWN = 200

export function ImportHistory({ source }: { source: Source }) {
  const t = useT()
  const { data, error, refetch } = useMethod('sources.imports', { id: source.id }, { keepPrevious: false })
  const imports = data?.imports ?? []
  return (
    <section>
      <h3>{t('imports.history', { count: imports.length })}</h3>
      {error && <ErrorState error={error} onRetry={refetch} />}
      {!data && !error && <Skeleton lines={3} />}
      {data && imports.length === 0 && <p className={styles['dim']}>{t('imports.historyNone')}</p>}
      <ul className={styles['history']}>
        {imports.slice(0, SHOWN).map((file) => (
          <li key={`${file.importedAt} ${file.path}`}>
            <span className={styles['path']} title={shownPath(file.path)}>
              {baseName(file.path)}
            </span>
            <span className={styles['dim']}>
              {formatName(t, file.format)} · {formatBytes(file.bytes)} ·{' '}
              {t('imports.rowsTaken', { count: file.rowsTaken, text: formatCount(file.rowsTaken) })}
              {file.rowsSkipped > 0 && ` · ${t('imports.rowsSkipped', { text: formatCount(file.rowsSkipped) })}`} ·{' '}
              <Time ns={tryParseRfc3339(file.importedAt)} day />
            </span>
          </li>
        ))}
      </ul>
      {imports.length > SHOWN && (
        <p className={styles['dim']}>{t('imports.historyMore', { count: imports.length - SHOWN })}</p>
      )}
    </section>
  )
}
