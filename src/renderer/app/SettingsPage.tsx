// Preferences, redaction, and facts about this installation.

import { useState } from 'react'
import type { MethodInput } from '../../shared/contract/index.ts'
import { REDACTION_RULES } from './redaction-rules.ts'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../lib/engine/index.ts'
import { formatBytes } from '../lib/format.ts'
import { adoptPreferences, usePreferences } from '../lib/preferences.ts'
import { isZone } from '../lib/zone.ts'
import { Checkbox, TextField } from '../ui/Field.tsx'
import { Select } from '../ui/Select.tsx'
import { toastError } from '../workbench/toasts.ts'
import { SecretsSection } from './SecretsSection.tsx'
import styles from './App.module.css'

export default function SettingsPage() {
  const t = useT()
  const preferences = usePreferences()
  const { data } = useMethod('settings.get', {})
  const info = useMethod('system.info', {})
  const save = useCommand('settings.set')
  const [zone, setZone] = useState(preferences.zone)
  const set = (change: MethodInput<'settings.set'>): void => {
    const { theme, language, zone: nextZone, density } = change
    adoptPreferences({
      ...(theme ? { theme } : {}),
      ...(language ? { language } : {}),
      ...(nextZone ? { zone: nextZone } : {}),
      ...(density ? { density } : {}),
    })
    save.run(change).catch((error: unknown) => toastError(asWatchdeckError(error), t('app.settings.failed')))
  }
  const rules = data?.redactionRules ?? []
  return (
    <div className={styles['page']}>
      <section className={styles['section']}>
        <h2>{t('app.settings.look')}</h2>
        <div className={styles['form']}>
          <span>{t('app.settings.theme')}</span>
          <Select
            label={t('app.settings.theme')}
            value={preferences.theme}
            options={(['system', 'dark', 'light'] as const).map((v) => ({
              value: v,
              label: t(`app.settings.theme.${v}`),
            }))}
            onChange={(theme) => set({ theme })}
          />
          <span>{t('app.settings.density')}</span>
          <Select
            label={t('app.settings.density')}
            value={preferences.density}
            options={(['compact', 'normal', 'comfortable'] as const).map((v) => ({
              value: v,
              label: t(`app.settings.density.${v}`),
            }))}
            onChange={(density) => set({ density })}
          />
          <span>{t('app.settings.language')}</span>
          <Select
            label={t('app.settings.language')}
            value={preferences.language}
            options={[
              { value: 'system', label: t('app.settings.language.system') },
              { value: 'en', label: 'English' },
              { value: 'zh-CN', label: '简体中文' },
            ]}
            onChange={(language) => set({ language })}
          />
          <span>{t('app.settings.zone')}</span>
          <TextField
            label={t('app.settings.zone')}
            mono
            value={zone}
            help={t('app.settings.zoneHelp')}
            error={isZone(zone) ? undefined : t('app.settings.zoneWrong')}
            onChange={(next) => {
              setZone(next)
              if (next !== '' && isZone(next)) set({ zone: next })
            }}
          />
        </div>
      </section>
      <SecretsSection />
      <section className={styles['section']}>
        <h2>{t('app.settings.redaction')}</h2>
        <p className={styles['dim']}>{t('app.settings.redactionText')}</p>
        {REDACTION_RULES.map((rule) => (
          <div key={rule}>
            <Checkbox
              label={t(`app.settings.rule.${rule}`)}
              checked={rules.includes(rule)}
              disabled={!data}
              onChange={(on) => set({ redactionRules: on ? [...rules, rule] : rules.filter((r) => r !== rule) })}
            />
          </div>
        ))}
      </section>
      {info.data && (
        <section className={styles['section']}>
          <h2>{t('app.settings.about')}</h2>
          <div className={styles['form']}>
            <span>{t('app.settings.version')}</span>
            <span className={styles['mono']}>
              {info.data.version} ({info.data.shell}, Node {info.data.node})
            </span>
            <span>{t('app.settings.dataDir')}</span>
            <span className={styles['mono']}>{info.data.dataDir}</span>
            <span>{t('app.settings.catalog')}</span>
            <span>{formatBytes(info.data.catalogBytes)}</span>
            <span>{t('app.settings.telemetry')}</span>
            <span>{formatBytes(info.data.telemetryBytes)}</span>
            <span>{t('app.settings.memory')}</span>
            <span>{formatBytes(info.data.memoryBytes)}</span>
          </div>
        </section>
      )}
    </div>
  )
}
