// Which sources the views look at: all that are switched on, or some. Part of the address.

import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { Checkbox } from '../ui/Field.tsx'
import { Popover } from '../ui/Popover.tsx'
import { setSources, useSources } from './place-store.ts'
import styles from './workbench.module.css'

export function SourcesPicker() {
  const t = useT()
  const chosen = useSources()
  const { data } = useMethod('sources.list', {})
  const ready = (data?.sources ?? []).filter((s) => s.state === 'ready')
  const one = chosen?.length === 1 ? ready.find((s) => s.id === chosen[0])?.name : undefined
  const label =
    ready.length === 0
      ? t('workbench.sources.none')
      : chosen === undefined
        ? ready.length === 1
          ? (ready[0]?.name ?? '')
          : t('workbench.sources.all')
        : (one ?? t('workbench.sources.some', { count: chosen.length }))
  const toggle = (id: string, on: boolean): void => {
    const before = chosen ?? ready.map((s) => s.id)
    const next = on ? [...before, id] : before.filter((s) => s !== id)
    setSources(next.length === 0 || ready.every((s) => next.includes(s.id)) ? undefined : next)
  }
  return (
    <Popover
      align="end"
      label={t('workbench.sources.title')}
      trigger={
        <Button icon="sources" className={styles['sourceButton'] ?? ''}>
          <span className={styles['ellipsis']}>{label}</span>
        </Button>
      }
    >
      <div className={styles['stack']}>
        <Checkbox
          label={t('workbench.sources.all')}
          checked={chosen === undefined}
          onChange={() => setSources(undefined)}
        />
        {ready.map((s) => (
          <Checkbox
            key={s.id}
            label={s.name}
            checked={chosen === undefined || chosen.includes(s.id)}
            onChange={(on) => toggle(s.id, on)}
          />
        ))}
      </div>
    </Popover>
  )
}
