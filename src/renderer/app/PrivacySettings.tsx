// What is made unreadable when a file is saved: the rules with their patterns, rules of one's own, and a text to try them on.

import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../lib/engine/index.ts'
import { Button } from '../ui/Button.tsx'
import { Checkbox, TextArea, TextField } from '../ui/Field.tsx'
import { ErrorState } from '../ui/State.tsx'
import { toastError } from '../workbench/toasts.ts'
import { REDACTION_RULES } from './redaction-rules.ts'
import { Row, usePage } from './settings-rows.tsx'
import styles from './Settings.module.css'

export function PrivacySettings() {
  const t = useT()
  const { settings, set } = usePage()
  const save = useCommand('settings.set')
  const [name, setName] = useState('')
  const [pattern, setPattern] = useState('')
  const [text, setText] = useState('')
  const shown = useMethod('settings.redaction', { text })
  const patterns = new Map((shown.data?.rules ?? []).map((r) => [r.rule, r.pattern]))
  const { redactionRules: rules, ownRedaction: own } = settings
  const add = async (): Promise<void> => {
    try {
      await save.run({ ownRedaction: [...own, { name: name.trim(), pattern, on: true }] })
      setName('')
      setPattern('')
    } catch (error) {
      toastError(asWatchdeckError(error), t('app.settings.failed'))
    }
  }
  return (
    <>
      <Row name="redactionRules" label={t('settings.builtIn')} help={t('app.settings.redactionText')}>
        <span />
      </Row>
      <div className={styles['rules']}>
        {REDACTION_RULES.map((rule) => (
          <div key={rule} style={{ display: 'contents' }}>
            <Checkbox
              label={t(`app.settings.rule.${rule}`)}
              checked={rules.includes(rule)}
              onChange={(on) => set({ redactionRules: on ? [...rules, rule] : rules.filter((r) => r !== rule) })}
            />
            <details>
              <summary>{t('settings.pattern', { rule: t(`app.settings.rule.${rule}`) })}</summary>
              <code>{patterns.get(rule)}</code>
            </details>
            <span />
          </div>
        ))}
      </div>
      <Row name="ownRedaction" label={t('settings.own')} help={t('settings.ownHelp')}>
        <span />
      </Row>
      <div className={styles['rules']}>
        {own.map((rule) => (
          <div key={rule.name} style={{ display: 'contents' }}>
            <Checkbox
              label={rule.name}
              checked={rule.on}
              onChange={(on) => set({ ownRedaction: own.map((r) => (r.name === rule.name ? { ...r, on } : r)) })}
            />
            <code>{rule.pattern}</code>
            <Button
              kind="quiet"
              icon="close"
              aria-label={t('settings.ownRemove', { name: rule.name })}
              onClick={() => set({ ownRedaction: own.filter((r) => r.name !== rule.name) })}
            />
          </div>
        ))}
      </div>
      <form
        className={styles['stack']}
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <TextField label={t('settings.ownName')} showLabel mono value={name} onChange={setName} />
        <TextField label={t('settings.ownPattern')} showLabel mono value={pattern} onChange={setPattern} />
        <div>
          <Button type="submit" disabled={name.trim() === '' || pattern === '' || save.running}>
            {t('settings.ownAdd')}
          </Button>
        </div>
      </form>
      <div className={styles['stack']}>
        <TextArea label={t('settings.try')} showLabel value={text} maxLength={10_000} onChange={setText} />
        {shown.error && <ErrorState error={shown.error} what={t('settings.tryWrong')} />}
        {text !== '' && shown.data && (
          <>
            <span>{t('settings.tried')}</span>
            <output className={styles['tried']}>{shown.data.text}</output>
          </>
        )}
      </div>
    </>
  )
}
