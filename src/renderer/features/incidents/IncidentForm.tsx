// What an incident is about, to be written when it is opened and to be changed later: title, severity, time, sources,
// services, people, tags, summary. Lists are typed with commas; known services are offered.

import type { Incident } from '../../../shared/contract/incidents.ts'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { rowsOf, useMethod } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, parseTypedInstant } from '../../lib/zone.ts'
import { Button, Checkbox, Chip, IconButton, Select, TextArea, TextField } from '../../ui/index.ts'
import type { CurrentRange } from '../../workbench/index.ts'
import styles from './Forms.module.css'
import { now } from './now.ts'
import { SEVERITIES, severityKey } from './words.ts'

export interface IncidentDraft {
  readonly title: string
  readonly severity: Incident['severity']
  readonly from: string
  readonly to: string
  readonly sources: readonly string[]
  readonly services: string
  readonly tags: string
  readonly roles: ReadonlyArray<readonly [role: string, person: string]>
  readonly summary: string
}

type Fields = Required<
  Pick<
    MethodInput<'incidents.create'>,
    'title' | 'severity' | 'range' | 'sources' | 'services' | 'tags' | 'roles' | 'summary'
  >
>

export const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，、\n]/)
      .map((s) => s.trim())
      .filter((s) => s !== ''),
  ),
]

/** What the draft says, or which field cannot be understood. */
export function readDraft(draft: IncidentDraft, zone: string): Fields | { wrong: 'title' | 'from' | 'to' } {
  if (draft.title.trim() === '') return { wrong: 'title' }
  const from = parseTypedInstant(draft.from, zone, now())
  if (from === undefined) return { wrong: 'from' }
  const to = parseTypedInstant(draft.to, zone, now())
  if (to === undefined || to <= from) return { wrong: 'to' }
  return {
    title: draft.title.trim(),
    severity: draft.severity,
    range: { from: formatRfc3339(from), to: formatRfc3339(to) },
    sources: [...draft.sources],
    services: listOf(draft.services),
    tags: listOf(draft.tags),
    roles: Object.fromEntries(
      draft.roles.map(([role, person]) => [role.trim(), person.trim()]).filter(([role, person]) => role && person),
    ),
    summary: draft.summary,
  }
}

export const emptyDraft = (range: CurrentRange, zone: string, sources: readonly string[]): IncidentDraft => ({
  title: '',
  severity: 'major',
  from: formatDateTime(range.from, zone, 's'),
  to: formatDateTime(range.to, zone, 's'),
  sources,
  services: '',
  tags: '',
  roles: [],
  summary: '',
})

export function IncidentForm({
  draft,
  onChange,
  wrong,
}: {
  draft: IncidentDraft
  onChange: (draft: IncidentDraft) => void
  wrong?: 'title' | 'from' | 'to' | undefined
}) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const sources = useMethod('sources.list', {})
  const [from, to] = [parseTypedInstant(draft.from, zone, now()), parseTypedInstant(draft.to, zone, now())]
  const range =
    from !== undefined && to !== undefined && from < to
      ? { from: formatRfc3339(from), to: formatRfc3339(to) }
      : undefined
  const services = useMethod(
    'traces.values',
    range && draft.sources.length > 0 ? { range, key: 'service', sources: [...draft.sources], limit: 60 } : null,
  )
  const chosen = listOf(draft.services)
  const offered = services.data
    ? rowsOf(services.data.table)
        .map((r) => String(r['value']))
        .filter((s) => !chosen.includes(s))
    : []
  const set = (change: Partial<IncidentDraft>): void => onChange({ ...draft, ...change })
  const ready = (sources.data?.sources ?? []).filter((s) => s.state === 'ready')
  return (
    <div className={styles['form']}>
      <div className={styles['titleRow']}>
        <TextField
          label={t('incidents.form.title')}
          showLabel
          autoFocus
          maxLength={300}
          placeholder={t('incidents.form.titleExample')}
          value={draft.title}
          onChange={(title) => set({ title })}
          error={wrong === 'title' ? t('incidents.form.titleMissing') : undefined}
        />
        <div className={styles['labelled']}>
          <span>{t('incidents.form.severity')}</span>
          <Select
            label={t('incidents.form.severity')}
            value={draft.severity}
            options={SEVERITIES.map((s) => ({ value: s, label: t(severityKey(s)) }))}
            onChange={(severity) => set({ severity })}
          />
        </div>
      </div>
      <div className={styles['two']}>
        <TextField
          label={t('incidents.form.from')}
          showLabel
          mono
          value={draft.from}
          onChange={(value) => set({ from: value })}
          error={wrong === 'from' ? t('incidents.form.timeWrong') : undefined}
        />
        <TextField
          label={t('incidents.form.to')}
          showLabel
          mono
          value={draft.to}
          onChange={(value) => set({ to: value })}
          error={wrong === 'to' ? t('incidents.form.toWrong') : undefined}
        />
      </div>
      <TextField
        label={t('incidents.form.services')}
        showLabel
        placeholder={t('incidents.form.servicesExample')}
        value={draft.services}
        onChange={(value) => set({ services: value })}
      />
      {offered.length > 0 && (
        <div className={styles['offers']} role="group" aria-label={t('incidents.form.servicesOffered')}>
          {offered.slice(0, 24).map((service) => (
            <Chip key={service} onClick={() => set({ services: [...chosen, service].join(', ') })}>
              {service}
            </Chip>
          ))}
        </div>
      )}
      <div className={styles['labelled']}>
        <span>{t('incidents.form.sources')}</span>
        {ready.length === 0 ? (
          <p className={styles['dim']}>{t('incidents.form.noSources')}</p>
        ) : (
          <div className={styles['ticks']} role="group" aria-label={t('incidents.form.sources')}>
            {ready.map((s) => (
              <Checkbox
                key={s.id}
                label={s.name}
                checked={draft.sources.includes(s.id)}
                onChange={(on) =>
                  set({ sources: on ? [...draft.sources, s.id] : draft.sources.filter((id) => id !== s.id) })
                }
              />
            ))}
          </div>
        )}
      </div>
      <Roles roles={draft.roles} onChange={(roles) => set({ roles })} />
      <TextField
        label={t('incidents.form.tags')}
        showLabel
        placeholder={t('incidents.form.tagsExample')}
        value={draft.tags}
        onChange={(tags) => set({ tags })}
      />
      <TextArea
        label={t('incidents.form.summary')}
        showLabel
        maxLength={20_000}
        value={draft.summary}
        onChange={(summary) => set({ summary })}
      />
    </div>
  )
}

function Roles({
  roles,
  onChange,
}: {
  roles: IncidentDraft['roles']
  onChange: (roles: IncidentDraft['roles']) => void
}) {
  const t = useT()
  const put = (at: number, pair: readonly [string, string]): void =>
    onChange(roles.map((r, i) => (i === at ? pair : r)))
  const usual = [t('incidents.role.lead'), t('incidents.role.comms'), t('incidents.role.scribe')]
  const next = usual.find((role) => !roles.some(([name]) => name === role)) ?? ''
  return (
    <div className={styles['labelled']}>
      <span>{t('incidents.form.roles')}</span>
      {roles.map(([role, person], i) => (
        <div key={i} className={styles['role']}>
          <TextField
            label={t('incidents.form.role')}
            value={role}
            maxLength={50}
            onChange={(v) => put(i, [v, person])}
          />
          <TextField
            label={t('incidents.form.person', { role })}
            value={person}
            maxLength={200}
            placeholder={t('incidents.form.personExample')}
            onChange={(v) => put(i, [role, v])}
          />
          <IconButton
            icon="close"
            label={t('incidents.form.removeRole', { role })}
            onClick={() => onChange(roles.filter((_, k) => k !== i))}
          />
        </div>
      ))}
      <Button
        kind="quiet"
        icon="plus"
        className={styles['start'] ?? ''}
        onClick={() => onChange([...roles, [next, '']])}
      >
        {t('incidents.form.addRole')}
      </Button>
    </div>
  )
}
