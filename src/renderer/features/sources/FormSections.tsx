// What most sources need nothing of, each part folded away: requests, TLS, proxy, bastion, limits.

import { useT } from '../../i18n/index.ts'
import { Checkbox, Select, TextField } from '../../ui/index.ts'
import { DraftText, type FormState, SecretField, useWrong } from './fields.tsx'
import { headersOf, KEPT, paramsOf } from './form.ts'
import { LIMITS, limitKeysOf } from './form-limits.ts'
import { hasAny } from './form-parts.ts'
import { HopList } from './HopList.tsx'
import { Section } from './Section.tsx'
import styles from './Sources.module.css'

export function FormSections({ form }: { form: FormState }) {
  return (
    <div className={styles['sections']}>
      <RequestSection form={form} />
      <TlsSection form={form} />
      <ProxySection form={form} />
      <BastionSection form={form} />
      <LimitsSection form={form} />
    </div>
  )
}

const filled = (...texts: readonly string[]): number => texts.filter((text) => text.trim() !== '').length

function RequestSection({ form }: { form: FormState }) {
  const t = useT()
  const { draft, wrong } = form
  const count =
    filled(draft.tenant, draft.traceIdLabel) +
    Object.keys(headersOf(draft.headers) ?? {}).length +
    Object.keys(paramsOf(draft.params) ?? {}).length
  return (
    <Section
      title={t('sources.section.request')}
      told={t('sources.set', { count })}
      wrong={(wrong.headers ?? wrong.params) !== undefined}
    >
      <DraftText form={form} name="tenant" mono help={t(`sources.tenantHelp.${draft.kind}`)} />
      <DraftText
        form={form}
        name="headers"
        rows={2}
        placeholder="X-Team: payments"
        help={t('sources.headersHelp', { kept: KEPT })}
      />
      <DraftText
        form={form}
        name="params"
        rows={2}
        placeholder={draft.kind === 'prometheus' ? 'dedup=true' : 'name=value'}
        help={t('sources.paramsHelp')}
      />
      {draft.kind === 'prometheus' && (
        <DraftText form={form} name="traceIdLabel" mono placeholder="trace_id" help={t('sources.traceIdLabelHelp')} />
      )}
    </Section>
  )
}

function TlsSection({ form }: { form: FormState }) {
  const t = useT()
  const { draft, set, wrong } = form
  const count = filled(draft.ca, draft.cert, draft.serverName)
  return (
    <Section
      title={t('sources.section.tls')}
      told={draft.insecure ? t('sources.field.insecure') : t('sources.set', { count })}
      wrong={(wrong.cert ?? wrong.key ?? wrong.passphrase) !== undefined}
    >
      <DraftText form={form} name="ca" rows={2} />
      <DraftText form={form} name="cert" rows={2} help={t('sources.certHelp')} />
      <SecretField
        form={form}
        field="key"
        label={t('sources.tlsKey')}
        secret={draft.key}
        onChange={(key) => set({ key })}
        pem={{}}
      />
      <SecretField
        form={form}
        field="passphrase"
        label={t('sources.hopPassphrase')}
        secret={draft.passphrase}
        onChange={(passphrase) => set({ passphrase })}
      />
      <DraftText form={form} name="serverName" mono help={t('sources.serverNameHelp')} />
      <Checkbox
        label={t('sources.field.insecure')}
        checked={draft.insecure}
        onChange={(insecure) => set({ insecure })}
      />
      {draft.insecure && <p className={styles['warn']}>{t('sources.insecureWarning')}</p>}
    </Section>
  )
}

function ProxySection({ form }: { form: FormState }) {
  const t = useT()
  const { draft, set, wrong } = form
  return (
    <Section
      title={t('sources.field.proxy')}
      told={
        draft.proxy === 'own' && draft.proxyUrl !== '' && !draft.proxyUrl.includes('@')
          ? draft.proxyUrl
          : t(`sources.proxy.${draft.proxy}`)
      }
      wrong={(wrong.proxyUrl ?? wrong.proxyPassword) !== undefined}
    >
      <Select
        label={t('sources.field.proxy')}
        value={draft.proxy}
        onChange={(proxy) => set({ proxy })}
        options={(['system', 'none', 'own'] as const).map((value) => ({ value, label: t(`sources.proxy.${value}`) }))}
      />
      {draft.proxy === 'own' && (
        <>
          <DraftText form={form} name="proxyUrl" mono placeholder="socks5://proxy:1080" />
          <DraftText form={form} name="proxyUser" />
          {(draft.proxyUser !== '' || hasAny(draft.proxyPassword)) && (
            <SecretField
              form={form}
              field="proxyPassword"
              label={t('sources.proxyPassword')}
              secret={draft.proxyPassword}
              onChange={(proxyPassword) => set({ proxyPassword })}
            />
          )}
          <DraftText form={form} name="proxyExcept" mono placeholder=".internal, 10.0.0.0/8" />
        </>
      )}
    </Section>
  )
}

function BastionSection({ form }: { form: FormState }) {
  const t = useT()
  const { hops } = form.draft
  const wrong = Object.keys(form.wrong).some((field) => field.startsWith('hops.') || field === 'keepAlive')
  return (
    <Section
      title={t('sources.section.bastion')}
      told={
        hops.length === 0
          ? t('sources.set', { count: 0 })
          : hops.map(({ where }) => where.trim() || t('sources.hopEmpty')).join(' → ')
      }
      wrong={wrong}
    >
      <HopList form={form} />
    </Section>
  )
}

function LimitsSection({ form }: { form: FormState }) {
  const t = useT()
  const { draft, set } = form
  const error = useWrong(form.wrong)
  const keys = limitKeysOf(draft.kind)
  const count = filled(...keys.map((key) => draft.limits[key]))
  return (
    <Section
      title={t('sources.section.limits')}
      told={count === 0 ? t('sources.usual') : t('sources.set', { count })}
      wrong={keys.some((key) => form.wrong[`limits.${key}`] !== undefined)}
    >
      <p className={styles['hint']}>{t('sources.limitsHelp')}</p>
      <div className={styles['limits']}>
        {keys.map((key) => (
          <TextField
            key={key}
            label={t(`sources.limit.${key}`)}
            showLabel
            inputMode="decimal"
            value={draft.limits[key]}
            onChange={(value) => set({ limits: { ...draft.limits, [key]: value } })}
            error={error(`limits.${key}`)}
            placeholder={String(LIMITS[key].usual)}
          />
        ))}
      </div>
    </Section>
  )
}
