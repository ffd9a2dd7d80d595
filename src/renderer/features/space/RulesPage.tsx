// Rules that keep the folder small by themselves: off until switched on, with what they would remove now beside them.

import { useState } from 'react'
import type { Retention } from '../../../shared/contract/space.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { Button, ErrorState, Skeleton, TextField, Toggle } from '../../ui/index.ts'
import { linkTo, toastError, toast, undoBy } from '../../workbench/index.ts'
import { formatBytes } from './words.ts'
import styles from './space.module.css'

const NUMBERS = ['maxGb', 'importDays', 'demoDays', 'copyDays', 'unpackedDays'] as const
type NumberRule = (typeof NUMBERS)[number]

export function RulesPage() {
  const { data, error, refetch } = useMethod('settings.get', {})
  const defaults = useMethod('settings.defaults', {})
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data || !defaults.data) return <Skeleton lines={8} />
  return (
    <Rules
      key={JSON.stringify(data.retention)}
      rules={data.retention}
      offered={defaults.data.retention}
      receivedDays={data.receiver.keepDays}
    />
  )
}

function Rules({ rules, offered, receivedDays }: { rules: Retention; offered: Retention; receivedDays: number }) {
  const t = useT()
  const save = useCommand('settings.set')
  const [texts, setTexts] = useState<Record<NumberRule, string>>(textsOf(rules))
  const read = (name: NumberRule): number | null | undefined => numberOf(name, texts[name])
  const isWrong = NUMBERS.some((name) => read(name) === undefined)
  const next: Retention = {
    ...rules,
    ...Object.fromEntries(NUMBERS.map((name) => [name, read(name) ?? null])),
  }
  const isSame = JSON.stringify(next) === JSON.stringify(rules)
  const plan = useMethod('space.plan', isWrong ? null : { rules: next })
  const chosen = plan.data?.items.filter(({ why }) => why !== null) ?? []
  const keep = async (retention: Retention): Promise<void> => {
    try {
      await save.run({ retention })
      toast(t(retention.on ? 'space.rules.savedOn' : 'space.rules.savedOff'), {
        action: undoBy('settings.set', { retention: rules }, t('app.settings.failed')),
      })
    } catch (thrown) {
      toastError(asWatchdeckError(thrown), t('app.settings.failed'))
    }
  }
  return (
    <form
      className={styles['section']}
      aria-label={t('space.rules.title')}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isWrong && !isSame) void keep(next)
      }}
    >
      <h2>{t('space.rules.title')}</h2>
      <p className={styles['dim']}>{t('space.rules.text')}</p>
      <Toggle
        label={t('space.rules.on')}
        checked={rules.on}
        disabled={isWrong}
        onChange={(on) => void keep({ ...next, on })}
      />
      <div className={styles['fields']}>
        {NUMBERS.map((name) => (
          <TextField
            key={name}
            label={t(`space.rules.${name}`)}
            showLabel
            inputMode={name === 'maxGb' ? 'decimal' : 'numeric'}
            placeholder={t('space.rules.never')}
            value={texts[name]}
            error={
              read(name) === undefined
                ? t(name === 'maxGb' ? 'space.rules.gbWrong' : 'space.rules.daysWrong')
                : undefined
            }
            help={t(`space.rules.${name}Help`)}
            onChange={(text) => setTexts({ ...texts, [name]: text })}
          />
        ))}
        <p className={styles['dim']}>
          {t('space.rules.received', { days: receivedDays })}{' '}
          <a href={linkTo('sources', {}, { path: ['otlp'] })}>{t('space.rules.receivedWhere')}</a>
        </p>
      </div>
      <div className={styles['actions']}>
        <Button kind="primary" type="submit" disabled={isWrong || isSame || save.running}>
          {t('space.rules.save')}
        </Button>
        <Button onClick={() => setTexts(textsOf(offered))}>{t('space.rules.offered')}</Button>
      </div>
      {plan.data && (
        <p role="status">
          {chosen.length === 0
            ? t('space.rules.nothing')
            : t('space.rules.would', { count: chosen.length, bytes: formatBytes(plan.data.bytes) })}{' '}
          {chosen.length > 0 && (
            <span className={styles['dim']}>
              {chosen
                .slice(0, 5)
                .map(({ name }) => name)
                .join(', ')}
              {chosen.length > 5 ? ' …' : ''}
            </span>
          )}
          {plan.data.overBytes > 0 && (
            <span className={styles['warn']}> {t('space.over', { bytes: formatBytes(plan.data.overBytes) })}</span>
          )}
        </p>
      )}
    </form>
  )
}

const textsOf = (rules: Retention): Record<NumberRule, string> => ({
  maxGb: String(rules.maxGb ?? ''),
  importDays: String(rules.importDays ?? ''),
  demoDays: String(rules.demoDays ?? ''),
  copyDays: String(rules.copyDays ?? ''),
  unpackedDays: String(rules.unpackedDays ?? ''),
})

/** null: never; undefined: no number that may be. */
function numberOf(name: NumberRule, text: string): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  if (name === 'maxGb') return value >= 0.1 && value <= 100_000 ? value : undefined
  return Number.isInteger(value) && value >= 1 && value <= 3650 ? value : undefined
}
