// One setting on the settings page: what it is called, what it does, its control, whether it was changed, and the way back.

import { createContext, type ReactNode, useContext } from 'react'
import type { MethodInput } from '../../shared/contract/index.ts'
import type { OwnSetting, Settings } from '../../shared/contract/settings.ts'
import { useT } from '../i18n/index.ts'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './Settings.module.css'

export interface Page {
  readonly settings: Settings
  readonly defaults: Settings
  readonly words: readonly string[]
  set(change: MethodInput<'settings.set'>): void
  reset(names: readonly OwnSetting[], label: string): void
}

const PageContext = createContext<Page | undefined>(undefined)
export const PageProvider = PageContext.Provider

export function usePage(): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('assertion failed: a setting outside of the settings page')
  return page
}

export const isChanged = ({ settings, defaults }: Page, name: OwnSetting): boolean =>
  JSON.stringify(settings[name]) !== JSON.stringify(defaults[name])

/** Whether what was searched for is in these texts. */
export const isFound = (words: readonly string[], ...texts: string[]): boolean => {
  const whole = texts.join(' ').toLowerCase()
  return words.every((word) => whole.includes(word))
}

export function Row({
  name,
  label,
  help,
  children,
}: {
  name: OwnSetting
  label: string
  help: string
  children: ReactNode
}) {
  const t = useT()
  const page = usePage()
  if (!isFound(page.words, label, help, name)) return null
  const changed = isChanged(page, name)
  return (
    <div className={styles['row']} data-setting={name} data-changed={changed}>
      <div>
        <b>{label}</b>
        <p>{help}</p>
      </div>
      <div className={styles['control']}>{children}</div>
      <div className={styles['state']}>
        {changed && (
          <>
            <span className={styles['changed']}>{t('settings.changed')}</span>
            <Button
              kind="quiet"
              aria-label={t('settings.reset', { name: label })}
              onClick={() => page.reset([name], label)}
            >
              {t('settings.resetOne')}
            </Button>
          </>
        )}
      </div>
    </div>
  )
}

/** A setting that is one of a few values. Numbers and "by the machine" (null) are choices like any other. */
export function Choice<N extends OwnSetting>({
  name,
  label,
  help,
  options,
}: {
  name: N
  label: string
  help: string
  options: ReadonlyArray<{ value: Settings[N]; label: string }>
}) {
  const { settings, set } = usePage()
  const value = settings[name]
  // a value that the command line set may be none of those on offer
  const known = options.some((o) => o.value === value) ? options : [...options, { value, label: String(value) }]
  return (
    <Row name={name} label={label} help={help}>
      <Select
        label={label}
        value={String(value)}
        options={known.map((o) => ({ value: String(o.value), label: o.label }))}
        onChange={(text) => {
          const chosen = known.find((o) => String(o.value) === text)
          if (chosen) set({ [name]: chosen.value })
        }}
      />
    </Row>
  )
}
