// Where what is looked at comes from: prod, staging, .. of the live sources in sight, in the header of every view.

import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { environmentsOf, environmentTone } from '../lib/environment.ts'
import { Badge } from '../ui/Badge.tsx'
import { useSources } from './place-store.ts'
import styles from './Environments.module.css'

/** Two are shown by name; a view that is not about chosen sources shows those of all that are on. */
const SHOWN = 2

export function Environments({ scoped }: { scoped: boolean }) {
  const t = useT()
  const chosen = useSources()
  const { data } = useMethod('sources.list', {})
  const names = environmentsOf(data?.sources ?? [], scoped ? chosen : undefined)
  if (names.length === 0) return null
  return (
    <ul className={styles['environments']} aria-label={t('sources.environments')} title={names.join(', ')}>
      {names.slice(0, SHOWN).map((name) => (
        <li key={name}>
          <Badge filled tone={environmentTone(name)}>
            {name}
          </Badge>
        </li>
      ))}
      {names.length > SHOWN && <li>{`+${names.length - SHOWN}`}</li>}
    </ul>
  )
}
