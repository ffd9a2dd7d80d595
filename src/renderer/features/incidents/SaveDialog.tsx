// The incident with its telemetry as one file: what goes in, what is made unreadable, how large it gets, where it goes.

import { useState } from 'react'
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'
import type { Incident } from '../../../shared/contract/incidents.ts'
import type { Settings } from '../../../shared/contract/settings.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, rowsOf, useJob, useMethod } from '../../lib/engine/index.ts'
import { isDesktop } from '../../lib/engine/connect.ts'
import { formatBytes, formatCount } from '../../lib/format.ts'
import { Button, Checkbox, Dialog, ErrorState, Skeleton, StatusShape, TextField } from '../../ui/index.ts'
import { toastError } from '../../workbench/index.ts'
import { fileNameFor, joinPath } from './file-names.ts'
import styles from './Forms.module.css'
import { SavedFile } from './SavedFile.tsx'
import { useIsLive } from './use-live.ts'

const KINDS = ['traces', 'logs', 'metrics', 'objects', 'user-events'] as const
type SaveKind = (typeof KINDS)[number]
const RULES = [
  'email',
  'ip',
  'card',
  'phone',
  'token',
  'authorization',
  'cn-id',
  'uuid',
] as const satisfies readonly Settings['redactionRules'][number][]
/** one of ours, or `own:NAME` of the settings */
type Rule = string
const isOurs = (rule: Rule): rule is (typeof RULES)[number] => RULES.some((ours) => ours === rule)

/** The table whose rows people mean by a kind. */
const MAIN_TABLE: Record<SaveKind, string> = {
  traces: 'spans',
  logs: 'logs',
  metrics: 'samples',
  objects: 'objects',
  'user-events': 'user_events',
}

interface SaveProps {
  readonly incident: Incident
  readonly onClose: () => void
  /** to where live sources are recorded, which the file is without otherwise */
  readonly onRecord: () => void
}

export function SaveDialog({ incident, onClose, onRecord }: SaveProps) {
  const t = useT()
  const settings = useMethod('settings.get', {})
  const info = useMethod('system.info', {})
  const job = useJob('file.save')
  return (
    <Dialog open onClose={onClose} width="wide" title={t('files.save')} description={t('files.saveText')}>
      {job.result ? (
        <SavedFile result={job.result} onClose={onClose} />
      ) : settings.data && info.data ? (
        <SaveForm
          incident={incident}
          dataDir={info.data.dataDir}
          own={settings.data.ownRedaction.map(({ name }) => `own:${name}`)}
          rules={[
            ...settings.data.redactionRules,
            ...settings.data.ownRedaction.filter(({ on }) => on).map(({ name }) => `own:${name}`),
          ]}
          job={job}
          onClose={onClose}
          onRecord={onRecord}
        />
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={settings.refetch} />
      ) : (
        <Skeleton height={420} />
      )}
    </Dialog>
  )
}

function SaveForm({
  incident,
  dataDir,
  own,
  rules: preferred,
  job,
  onClose,
  onRecord,
}: {
  incident: Incident
  dataDir: string
  /** rules of the settings that the person wrote */
  own: readonly Rule[]
  rules: readonly Rule[]
  job: ReturnType<typeof useJob<'file.save'>>
  onClose: () => void
  onRecord: () => void
}) {
  const t = useT()
  const isLive = useIsLive(incident)
  const recording = useMethod('recording.status', { incident: incident.id })
  const desktop = isDesktop()
  const [kinds, setKinds] = useState<readonly SaveKind[]>(KINDS)
  const [services, setServices] = useState<readonly string[]>([])
  const [rules, setRules] = useState<readonly Rule[]>(preferred)
  const [name, setName] = useState(() => fileNameFor(incident, 'watchdeck'))
  const [path, setPath] = useState(() => joinPath(dataDir, 'saved', fileNameFor(incident, 'watchdeck')))
  const [passphrase, setPassphrase] = useState('')
  const [show, setShow] = useState(false)
  const [replace, setReplace] = useState(false)
  const all: readonly Rule[] = [...RULES, ...own]
  const scope = { kinds: [...kinds], ...(services.length === 0 ? {} : { services: [...services] }) }
  // asked with every rule, so that ticking one needs no new answer
  const estimate = useMethod('file.estimate', { incident: incident.id, scope, redact: [...all] })
  const taken = job.error?.code === 'conflict'
  const save = async (): Promise<void> => {
    const target = desktop ? path.trim() : joinPath(dataDir, 'downloads', withExtension(name))
    const input: MethodInput<'file.save'> = {
      incident: incident.id,
      path: target,
      scope,
      redact: rules.length === 0 ? false : [...rules],
      // the downloads folder is the program's own, swept after a day: the newest save of a name is the one to download
      overwrite: !desktop || replace,
      ...(passphrase === '' ? {} : { passphrase }),
    }
    try {
      await job.start(input)
    } catch (error) {
      const failure = asWatchdeckError(error)
      if (failure.code !== 'conflict') toastError(failure, t('files.saveFailed'))
    }
  }
  const empty = kinds.length === 0 || (desktop ? path : name).trim() === ''
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!empty && !job.running) void save()
      }}
    >
      {desktop ? (
        <>
          <TextField label={t('files.path')} showLabel mono autoFocus value={path} onChange={setPath} />
          {window.watchdeck && (
            <Button icon="folder" onClick={() => void choosePlace(fileNameFor(incident, 'watchdeck'), setPath)}>
              {t('files.choosePlace')}
            </Button>
          )}
        </>
      ) : (
        <TextField
          label={t('files.name')}
          showLabel
          mono
          autoFocus
          value={name}
          onChange={setName}
          help={t('files.nameHelp')}
        />
      )}
      <section className={styles['section']}>
        <h3>{t('files.scope')}</h3>
        {isLive && recording.data?.state === 'none' && (
          <p className={styles['warn']}>
            <StatusShape tone="warning" />
            <span>{t('files.notRecorded')}</span>
            <Button kind="quiet" icon="record" onClick={onRecord}>
              {t('recordings.record')}
            </Button>
          </p>
        )}
        <div className={styles['ticks']} role="group" aria-label={t('files.scope')}>
          {KINDS.map((kind) => (
            <Checkbox
              key={kind}
              label={
                <>
                  {t(`files.kind.${kind}`)}{' '}
                  <span className={styles['dim']}>{rowsText(estimate.data, kind, kinds.includes(kind))}</span>
                </>
              }
              checked={kinds.includes(kind)}
              onChange={(on) =>
                setKinds(on ? KINDS.filter((k) => k === kind || kinds.includes(k)) : kinds.filter((k) => k !== kind))
              }
            />
          ))}
        </div>
        <Services incident={incident} chosen={services} onChange={setServices} />
      </section>
      <section className={styles['section']}>
        <h3>{t('files.redaction')}</h3>
        <p className={styles['dim']}>{t('files.redactionText')}</p>
        <Redaction all={all} rules={rules} onChange={setRules} estimate={estimate.data} loading={estimate.loading} />
      </section>
      <section className={styles['section']}>
        <div className={styles['two']}>
          <TextField
            label={t('files.passphrase')}
            showLabel
            type={show ? 'text' : 'password'}
            autoComplete="new-password"
            maxLength={1000}
            value={passphrase}
            onChange={setPassphrase}
            help={t(passphrase === '' ? 'files.noPassphrase' : 'files.passphraseLost')}
          />
          {passphrase !== '' && <Checkbox label={t('files.showPassphrase')} checked={show} onChange={setShow} />}
        </div>
        {estimate.error && (
          <p className={styles['warn']}>
            <StatusShape tone="warning" /> {t('files.estimateFailed')} {say(estimate.error.message)}
          </p>
        )}
      </section>
      {/* always in sight, however long the form: what it will weigh, how far it is, what is in the way */}
      <div className={styles['foot']}>
        {taken && (
          <div className={styles['warn']} role="alert">
            <StatusShape tone="warning" />
            <span>
              {say(job.error?.message ?? '')} {say(job.error?.hint ?? '')}
            </span>
            {desktop && <Checkbox label={t('files.replace')} checked={replace} onChange={setReplace} />}
          </div>
        )}
        {job.running && (
          <div
            role="progressbar"
            aria-label={t('files.saving')}
            aria-valuenow={Math.round((job.progress?.fraction ?? 0) * 100)}
          >
            <div className={styles['bar']}>
              <i style={{ width: `${(job.progress?.fraction ?? 0) * 100}%` }} />
            </div>
            <span className={styles['dim']}>{job.progress ? say(job.progress.message) : t('files.saving')}</span>
          </div>
        )}
        <div className={styles['buttons']}>
          <span>
            {t('files.size')}{' '}
            <span className={styles['size']} data-testid="save-size" aria-busy={estimate.fetching}>
              {estimate.error ? '–' : estimate.data ? `≈ ${formatBytes(estimate.data.bytes)}` : '…'}
            </span>
          </span>
          {job.running ? (
            <Button onClick={job.cancel}>{t('files.cancelSave')}</Button>
          ) : (
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
          )}
          <Button type="submit" kind="primary" icon="file" disabled={empty || job.running}>
            {t('files.saveNow')}
          </Button>
        </div>
      </div>
    </form>
  )
}

const withExtension = (name: string): string =>
  /\.watchdeck$/i.test(name.trim()) ? name.trim() : `${name.trim()}.watchdeck`

function rowsText(estimate: MethodOutput<'file.estimate'> | undefined, kind: SaveKind, chosen: boolean): string {
  const rows = chosen ? estimate?.rows[MAIN_TABLE[kind]] : undefined
  return rows === undefined ? '' : formatCount(rows)
}

function Services({
  incident,
  chosen,
  onChange,
}: {
  incident: Incident
  chosen: readonly string[]
  onChange: (services: readonly string[]) => void
}) {
  const t = useT()
  const answer = useMethod(
    'traces.values',
    incident.sources.length === 0
      ? null
      : { key: 'service', range: incident.range, sources: incident.sources, limit: 200 },
  )
  const all = answer.data ? rowsOf(answer.data.table).map((r) => String(r['value'])) : []
  if (all.length === 0) return null
  return (
    <details open={chosen.length > 0}>
      <summary>
        {chosen.length === 0
          ? t('files.allServices')
          : t('files.someServices', { count: chosen.length, all: all.length })}
      </summary>
      <div className={styles['ticks']} role="group" aria-label={t('files.services')}>
        {all.map((service) => (
          <Checkbox
            key={service}
            label={service}
            checked={chosen.length === 0 || chosen.includes(service)}
            onChange={(on) => {
              const before = chosen.length === 0 ? all : chosen
              const next = on ? [...before, service] : before.filter((s) => s !== service)
              onChange(next.length === all.length ? [] : next)
            }}
          />
        ))}
      </div>
    </details>
  )
}

function Redaction({
  all,
  rules,
  onChange,
  estimate,
  loading,
}: {
  all: readonly Rule[]
  rules: readonly Rule[]
  onChange: (rules: readonly Rule[]) => void
  estimate: MethodOutput<'file.estimate'> | undefined
  loading: boolean
}) {
  const t = useT()
  const found = new Map(estimate?.redaction.map((r) => [r.rule, r]))
  return (
    <table className={styles['rules']}>
      <thead>
        <tr>
          <th>{t('files.rule')}</th>
          <th className={styles['count']}>{t('files.found')}</th>
          <th>{t('files.example')}</th>
        </tr>
      </thead>
      <tbody>
        {all.map((rule) => {
          const hit = found.get(rule.replace(/^own:/, ''))
          const example = hit?.examples[0]
          return (
            <tr key={rule}>
              <td>
                <Checkbox
                  label={isOurs(rule) ? t(`app.settings.rule.${rule}`) : rule.slice('own:'.length)}
                  checked={rules.includes(rule)}
                  onChange={(on) =>
                    onChange(on ? all.filter((r) => r === rule || rules.includes(r)) : rules.filter((r) => r !== rule))
                  }
                />
              </td>
              <td className={styles['count']}>
                {loading ? '…' : hit ? `${hit.sampled ? '≥ ' : ''}${formatCount(hit.count)}` : '0'}
              </td>
              <td>
                {example && (
                  <span className={styles['example']} title={`${example.before} → ${example.after}`}>
                    {rules.includes(rule) ? (
                      <>
                        <span>
                          <s>{example.before}</s>
                        </span>
                        <span>{example.after}</span>
                      </>
                    ) : (
                      <span>{example.before}</span>
                    )}
                  </span>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** The system's save dialog, in the desktop shell. */
async function choosePlace(name: string, take: (path: string) => void): Promise<void> {
  const chosen = await window.watchdeck?.chooseSave(name)
  if (typeof chosen === 'string') take(chosen)
}
