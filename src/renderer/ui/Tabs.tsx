// Views of the same thing, one at a time. Only the chosen one is mounted.

import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import styles from './Tabs.module.css'

export interface Tab<T extends string> {
  readonly id: T
  readonly label: ReactNode
  readonly content?: ReactNode
}

export interface TabsProps<T extends string> {
  readonly label: string
  readonly tabs: ReadonlyArray<Tab<T>>
  readonly value: T
  readonly onChange: (id: T) => void
  readonly className?: string
  /** at the right end of the row */
  readonly end?: ReactNode
}

export function Tabs<T extends string>({ label, tabs, value, onChange, className, end }: TabsProps<T>) {
  return (
    <Base.Root className={cx(styles['root'], className)} value={value} onValueChange={(next) => onChange(next as T)}>
      <div className={styles['row']}>
        <Base.List className={styles['list']} aria-label={label} activateOnFocus>
          {tabs.map((tab) => (
            <Base.Tab key={tab.id} value={tab.id} className={styles['tab']}>
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
        {end}
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.id} value={tab.id} className={styles['panel']}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
