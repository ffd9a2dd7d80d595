// Where the incident stands: the stage with its clock in the header; behind it every stage with its stamp, and the next
// to set, for now or for an earlier time. A stamp once written stays.

import { useState } from 'react'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import type { Incident, Stage } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { formatClock } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, parseTypedInstant, zoneLabel } from '../../lib/zone.ts'
import { Badge, Button, Popover, TextField, Time } from '../../ui/index.ts'
import { WhyButton } from '../../workbench/index.ts'
import { mainClock, stageClocks, windowOf } from './clocks.ts'
import { now, useNow } from './now.ts'
import styles from './WarRoom.module.css'
import { STAGE_TONE, STAGES, stageKey } from './words.ts'

const MINUTE = 60_000_000_000n

export function StageControl({
  incident,
  onStage,
}: {
  incident: Incident
  onStage: (stage: Stage, stageAt: string | undefined) => void
}) {
  const t = useT()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t('incidents.setStage')}
      // a key pressed twice sets no stage: its stamp stays
      focus="surface"
      trigger={
        <button id="incident-stage" type="button" className={styles['plain']} title={t('incidents.setStage')}>
          <Badge tone={STAGE_TONE[incident.stage]}>{t(stageKey(incident.stage))}</Badge>
          <MainClock incident={incident} />
        </button>
      }
    >
      <Stages
        incident={incident}
        onStage={(stage, at) => {
          onStage(stage, at)
          setOpen(false)
        }}
      />
    </Popover>
  )
}

function MainClock({ incident }: { incident: Incident }) {
  const t = useT()
  const running = incident.stage === 'detected' || incident.stage === 'analysing'
  const at = useNow(running)
  const clock = mainClock(incident, at)
  if (!clock) return null
  return (
    <span
      className={styles['clock']}
      title={
        clock.until === undefined
          ? t('incidents.sinceDetected')
          : t('incidents.timeTo', { stage: t(stageKey(clock.until)) })
      }
    >
      {formatClock(clock.ns)}
    </span>
  )
}

function Stages({
  incident,
  onStage,
}: {
  incident: Incident
  onStage: (stage: Stage, at: string | undefined) => void
}) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const [when, setWhen] = useState('')
  const clocks = stageClocks(incident)
  const typed = when.trim() === '' ? undefined : parseTypedInstant(when, zone, now(), windowOf(incident))
  const future = typed !== undefined && typed > now() + MINUTE
  const wrong = when.trim() !== '' && (typed === undefined || future)
  const next = STAGES[STAGES.indexOf(incident.stage) + 1]
  return (
    <div className={styles['stages']}>
      <table>
        <thead>
          <tr>
            <th>{t('incidents.form.stage')}</th>
            <th>{t('incidents.reached')}</th>
            <th>{t('incidents.afterDetection')}</th>
            <th>
              <WhyButton
                question={{ method: 'incidents.get', input: { id: incident.id } }}
                value={t('incidents.afterDetection')}
              />
              <span className={styles['hidden']}>{t('incidents.setStage')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {STAGES.map((stage) => {
            const clock = clocks.find((c) => c.stage === stage)
            const late = clock && clock.recordedAt - clock.at > MINUTE
            return (
              <tr key={stage} data-current={stage === incident.stage}>
                <td>
                  <Badge tone={STAGE_TONE[stage]}>{t(stageKey(stage))}</Badge>
                </td>
                <td>
                  <Time ns={clock?.at} day />
                  {late && (
                    <div className={styles['late']}>
                      {t('incidents.writtenDown')} <Time ns={clock.recordedAt} day />
                    </div>
                  )}
                </td>
                <td className={styles['clock']}>{clock?.sinceNs === undefined ? '' : formatClock(clock.sinceNs)}</td>
                <td>
                  {!incident.readOnly && stage !== incident.stage && (
                    <Button
                      kind={stage === next ? 'primary' : 'plain'}
                      disabled={wrong}
                      aria-label={t('incidents.setStageTo', { stage: t(stageKey(stage)) })}
                      onClick={() => onStage(stage, typed === undefined ? undefined : formatRfc3339(typed))}
                    >
                      {t(clock ? 'incidents.backTo' : 'incidents.set')}
                    </Button>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {!incident.readOnly && (
        <>
          <TextField
            label={t('incidents.stageWhen')}
            showLabel
            mono
            placeholder={t('incidents.form.nowExample')}
            value={when}
            onChange={setWhen}
            error={wrong ? t(future ? 'incidents.inFuture' : 'incidents.form.timeWrong') : undefined}
            // a clock time alone has a day: it is read before it is written for good
            help={typed === undefined ? undefined : `${formatDateTime(typed, zone, 's')} ${zoneLabel(typed, zone)}`}
          />
          <p className={styles['dim']}>{t('incidents.stampsStay')}</p>
        </>
      )}
    </div>
  )
}
