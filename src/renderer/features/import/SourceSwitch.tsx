// Whether questions ask this source; of a removed one, the way back.

import type { Source } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { Toggle } from '../../ui/index.ts'
import styles from './Import.module.css'
import { useSourceActions } from './source-actions.ts'

export function SourceSwitch({ source, labelled = false }: { source: Source; labelled?: boolean }) {
  const t = useT()
  const { switchTo } = useSourceActions()
  const name = t('imports.switch', { name: source.name })
  return (
    <Toggle
      label={labelled ? t('imports.switchedOn') : <span className={styles['unseen']}>{name}</span>}
      checked={source.state === 'ready' || source.state === 'loading'}
      disabled={source.state !== 'ready' && source.state !== 'off'}
      onChange={(on) => void switchTo(source, on)}
    />
  )
}
