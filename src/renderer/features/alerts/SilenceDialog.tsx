// A silence as a guarded action: what is meant, then what it would mute now and would have muted, then the word to do it.

import { useState } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useEngine, useMethod } from '../../lib/engine/index.ts'
import { Button, Checkbox, Dialog, PartialNote, Select, TextArea, TextField, Time } from '../../ui/index.ts'
import { toast, toastError, undoBy } from '../../workbench/index.ts'
import styles from './alerts.module.css'
import { MatcherRows } from './MatcherRows.tsx'
import { type Condition, conditionsOf, matcherOf, problemOf } from './matchers.ts'
import type { AlertRow } from './rows.ts'

const LENGTHS = ['30m', '1h', '2h', '8h', '24h', '72h', '168h'] as const
type Plan = MethodOutput<'alerts.planSilence'>

export function SilenceDialog({ alert, onClose }: { alert: AlertRow; onClose: () => void }) {
  const t = useT()
  const engine = useEngine()
  const actions = useMethod('alerts.actions', { limit: 1 })
  const silence = useCommand('alerts.silence')
  const [conditions, setConditions] = useState<readonly Condition[]>(() => conditionsOf(alert.labels))
  const [lasts, setLasts] = useState<string>('2h')
  const [creator, setCreator] = useState<string>()
  const [comment, setComment] = useState('')
  const [plan, setPlan] = useState<Plan>()
  const [looking, setLooking] = useState(false)
  const [confirmed, setConfirmed] = useState(false)
  const who = creator ?? actions.data?.actions[0]?.creator ?? ''
  /** another silence is another plan */
  const edited =
    <T,>(set: (value: T) => void) =>
    (value: T): void => {
      set(value)
      setPlan(undefined)
      setConfirmed(false)
    }
  const fail = (error: unknown): void => void toastError(asWatchdeckError(error), t('alerts.silenceFailed'))
  const look = async (): Promise<void> => {
    setLooking(true)
    try {
      const matchers = conditions.map(matcherOf)
      setPlan(await engine.call('alerts.planSilence', { source: alert.source, matchers, lasts, creator: who, comment }))
    } catch (error) {
      fail(error)
    } finally {
      setLooking(false)
    }
  }
  const carryOut = async (made: Plan): Promise<void> => {
    try {
      const { source, id } = await silence.run({ plan: made.plan, confirmLong: confirmed })
      toast(t('alerts.silenced', { count: made.now.length }), {
        action: undoBy('alerts.expire', { source, id }, t('alerts.silenceFailed')),
      })
      onClose()
    } catch (error) {
      // a plan is carried out once
      setPlan(undefined)
      fail(error)
    }
  }
  const sound = conditions.length > 0 && conditions.every((each) => problemOf(each) === undefined)
  const complete = sound && who.trim() !== '' && comment.trim() !== ''
  return (
    <Dialog
      open
      width="wide"
      onClose={onClose}
      title={t('alerts.silence')}
      description={t('alerts.silenceText')}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          {plan ? (
            <Button
              kind="primary"
              disabled={silence.running || (plan.isLong && !confirmed)}
              onClick={() => void carryOut(plan)}
            >
              {t('alerts.silenceNow', { count: plan.now.length })}
            </Button>
          ) : (
            <Button kind="primary" disabled={!complete || looking} onClick={() => void look()}>
              {t('alerts.lookFirst')}
            </Button>
          )}
        </>
      }
    >
      <div className={styles['form']}>
        <MatcherRows conditions={conditions} labels={alert.labels} onChange={edited(setConditions)} />
        <Select
          label={t('alerts.lasts')}
          showLabel
          value={lasts}
          onChange={edited(setLasts)}
          options={LENGTHS.map((value) => ({ value, label: t('alerts.length', { hours: value }) }))}
        />
        <TextField label={t('alerts.creator')} showLabel value={who} onChange={edited(setCreator)} />
        <TextArea label={t('alerts.comment')} showLabel value={comment} onChange={edited(setComment)} />
        {plan && (
          <section className={styles['plan']} aria-label={t('alerts.plan')}>
            <p>
              {t('alerts.until')} <Time ns={tryParseRfc3339(plan.endsAt) ?? null} day />
            </p>
            <Muted title={t('alerts.mutesNow', { count: plan.now.length })} all={plan.now} />
            <Muted title={t('alerts.mutedLastDay', { count: plan.lastDay.length })} all={plan.lastDay} />
            <PartialNote completeness={plan.completeness} />
            {plan.isLong && <Checkbox label={t('alerts.confirmLong')} checked={confirmed} onChange={setConfirmed} />}
          </section>
        )}
      </div>
    </Dialog>
  )
}

const SHOWN = 20

function Muted({ title, all }: { title: string; all: Plan['now'] }) {
  const t = useT()
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles['muted']}>
        {all.slice(0, SHOWN).map(({ fingerprint, startsAt, name, summary }) => (
          <li key={`${fingerprint} ${startsAt}`}>
            <Time ns={tryParseRfc3339(startsAt) ?? null} /> <b>{name}</b> {summary}
          </li>
        ))}
        {all.length > SHOWN && <li>{t('alerts.andMore', { count: all.length - SHOWN })}</li>}
      </ul>
    </>
  )
}
