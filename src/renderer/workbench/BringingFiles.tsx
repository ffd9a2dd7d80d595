// Files on their way to the engine: which, how much of it, and a way to stop.

import { useT } from '../i18n/index.ts'
import { formatBytes } from '../lib/format.ts'
import { Button } from '../ui/Button.tsx'
import { useBringing } from './bring-files.ts'
import styles from './workbench.module.css'

export function BringingFiles() {
  const t = useT()
  const bringing = useBringing((s) => s.bringing)
  if (!bringing) return null
  const { name, done, files, sentBytes, bytes } = bringing
  return (
    <section className={styles['bringing']} aria-label={t('workbench.bring.title')}>
      <div className={styles['toastText']}>
        {files === 1 ? t('workbench.bring.one', { name }) : t('workbench.bring.many', { name, n: done + 1, of: files })}
        <p>
          {formatBytes(sentBytes)} / {formatBytes(bytes)}
        </p>
        <progress value={bytes === 0 ? 0 : sentBytes / bytes} max={1} aria-label={t('workbench.bring.title')} />
      </div>
      <Button onClick={bringing.cancel}>{t('ui.cancel')}</Button>
    </section>
  )
}
