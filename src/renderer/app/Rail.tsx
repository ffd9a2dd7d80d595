// The rail: the capabilities, one icon each with its name on hover and its key.

import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { Icon } from '../ui/Icon.tsx'
import { Tooltip } from '../ui/Tooltip.tsx'
import { linkTo } from '../workbench/links.ts'
import { useKeysOf } from '../workbench/own-keys.ts'
import { usePlace } from '../workbench/place-store.ts'
import { useRegistry, type View } from '../workbench/registry.ts'
import styles from './Rail.module.css'

export function Rail() {
  const t = useT()
  const views = useRegistry((r) => r.views)
  const ends = ['settings', 'help']
  return (
    <nav className={styles['rail']} aria-label={t('app.nav.label')}>
      {views
        .filter((v) => v.order !== undefined)
        .map((view) => (
          <RailLink key={view.id} view={view} />
        ))}
      <div className={styles['space']} />
      {views
        .filter((v) => ends.includes(v.id))
        .map((view) => (
          <RailLink key={view.id} view={view} />
        ))}
    </nav>
  )
}

function RailLink({ view }: { view: View }) {
  const t = useT()
  const place = usePlace()
  const here = place.view === view.id
  const keys = useKeysOf(`go.${view.id}`, view.key === undefined ? undefined : `g ${view.key}`)
  return (
    <Tooltip text={t(view.title)} keys={keys} side="right">
      <a
        className={cx(styles['link'], here && styles['here'])}
        href={linkTo(view.id)}
        data-view={view.id}
        aria-label={t(view.title)}
        aria-current={here ? 'page' : undefined}
      >
        <Icon name={view.icon} size={18} />
      </a>
    </Tooltip>
  )
}
