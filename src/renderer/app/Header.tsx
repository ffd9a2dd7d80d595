// The header line: what this is, which filters hold, which sources and time range are looked at, and the running jobs.

import { useT } from '../i18n/index.ts'
import { IconButton } from '../ui/Button.tsx'
import { Environments } from '../workbench/Environments.tsx'
import { FilterBar } from '../workbench/FilterBar.tsx'
import { JobTray } from '../workbench/JobTray.tsx'
import { useKeysOf } from '../workbench/own-keys.ts'
import { openPalette } from '../workbench/overlays.ts'
import { RangePicker } from '../workbench/RangePicker.tsx'
import type { View } from '../workbench/registry.ts'
import { SourcesPicker } from '../workbench/SourcesPicker.tsx'
import styles from './Header.module.css'

export function Header({ view }: { view: View | undefined }) {
  const t = useT()
  const keys = useKeysOf('palette', 'Mod+k')
  const scoped = view !== undefined && view.scoped !== false
  return (
    <header className={styles['header']}>
      <h1 className={styles['title']}>{view ? t(view.title) : t('app.name')}</h1>
      {scoped ? <FilterBar /> : <div className={styles['space']} />}
      <Environments scoped={scoped} />
      <JobTray />
      <span data-tour="palette">
        <IconButton icon="search" label={t('workbench.command.palette')} keys={keys} onClick={openPalette} />
      </span>
      {scoped && <SourcesPicker />}
      {scoped && <RangePicker />}
    </header>
  )
}
