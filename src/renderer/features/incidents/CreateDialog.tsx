// Opening an incident, and changing what it is about: the same form in a dialog.

import { useState } from 'react'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, parseTypedInstant } from '../../lib/zone.ts'
import { Button, Dialog, Skeleton, TextField } from '../../ui/index.ts'
import { currentRange, openTarget, setCurrentIncident, toastError, useSources } from '../../workbench/index.ts'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import styles from './Forms.module.css'
import { emptyDraft, type IncidentDraft, IncidentForm, readDraft } from './IncidentForm.tsx'
import { now } from './now.ts'
import { numberOfIncident } from './words.ts'

type Wrong = 'title' | 'from' | 'to' | undefined

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const t = useT()
  const sources = useMethod('sources.list', {})
  return (
    <Dialog open onClose={onClose} title={t('incidents.new')} width="normal">
      {sources.data ? (
        <CreateForm all={sources.data.sources.filter((s) => s.state === 'ready').map((s) => s.id)} onClose={onClose} />
      ) : (
        <Skeleton height={420} />
      )}
    </Dialog>
  )
}

function CreateForm({ all, onClose }: { all: readonly string[]; onClose: () => void }) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const chosen = useSources()
  const create = useCommand('incidents.create')
  const [draft, setDraft] = useState<IncidentDraft>(() => emptyDraft(currentRange(), zone, chosen ?? all))
  const [detected, setDetected] = useState('')
  const [wrong, setWrong] = useState<Wrong>()
  const detectedAt = detected.trim() === '' ? undefined : parseTypedInstant(detected, zone, now())
  const detectedWrong = detected.trim() !== '' && detectedAt === undefined
  const submit = async (): Promise<void> => {
    const read = readDraft(draft, zone)
    if ('wrong' in read) return setWrong(read.wrong)
    if (detectedWrong) return
    try {
      const incident = await create.run({
        ...read,
        ...(detectedAt === undefined ? {} : { detectedAt: formatRfc3339(detectedAt) }),
      })
      setCurrentIncident(incident.id)
      openTarget({
        view: 'incidents',
        path: [incident.id],
        params: { range: incident.range, sources: incident.sources },
        filters: [],
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.createFailed'))
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <IncidentForm
        draft={draft}
        wrong={wrong}
        onChange={(next) => {
          setDraft(next)
          setWrong(undefined)
        }}
      />
      <div className={styles['apart']}>
        <TextField
          label={t('incidents.form.detectedAt')}
          showLabel
          mono
          placeholder={t('incidents.form.nowExample')}
          value={detected}
          onChange={setDetected}
          error={detectedWrong ? t('incidents.form.timeWrong') : undefined}
        />
      </div>
      <FormEnd onClose={onClose} label={t('incidents.create')} running={create.running} />
    </form>
  )
}

/** The buttons stand in the form, so that Enter in any field submits it. */
function FormEnd({ onClose, label, running }: { onClose: () => void; label: string; running: boolean }) {
  const t = useT()
  return (
    <div className={styles['end']}>
      <Button onClick={onClose}>{t('ui.cancel')}</Button>
      <Button type="submit" kind="primary" disabled={running}>
        {label}
      </Button>
    </div>
  )
}

export function EditDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const update = useCommand('incidents.update')
  const clock = (at: string): string => formatDateTime(tryParseRfc3339(at) ?? 0n, zone, 's')
  const [draft, setDraft] = useState<IncidentDraft>(() => ({
    title: incident.title,
    severity: incident.severity,
    from: clock(incident.range.from),
    to: clock(incident.range.to),
    sources: incident.sources,
    services: incident.services.join(', '),
    tags: incident.tags.join(', '),
    roles: Object.entries(incident.roles),
    summary: incident.summary,
  }))
  const [wrong, setWrong] = useState<Wrong>()
  const submit = async (): Promise<void> => {
    const read = readDraft(draft, zone)
    if ('wrong' in read) return setWrong(read.wrong)
    // a range that was not touched keeps its fractions of a second
    const sameRange = draft.from === clock(incident.range.from) && draft.to === clock(incident.range.to)
    try {
      const after = await update.run({ id: incident.id, ...read, range: sameRange ? incident.range : read.range })
      onClose()
      if (!sameRange)
        openTarget(
          { view: 'incidents', path: [incident.id], params: { range: after.range, sources: after.sources } },
          { replace: true },
        )
    } catch (error) {
      toastError(asWatchdeckError(error), t('incidents.changeFailed'))
    }
  }
  return (
    <Dialog open onClose={onClose} title={t('incidents.editTitle', { number: numberOfIncident(incident) })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <IncidentForm
          draft={draft}
          wrong={wrong}
          onChange={(next) => {
            setDraft(next)
            setWrong(undefined)
          }}
        />
        <FormEnd onClose={onClose} label={t('incidents.keep')} running={update.running} />
      </form>
    </Dialog>
  )
}
