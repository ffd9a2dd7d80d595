// Add or edit a live source: what is needed first, the rest folded away; tried before it is kept.

import { type FormEvent, type ReactNode, useState } from 'react'
import { LIVE_KINDS, type SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { TestStep } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand } from '../../lib/engine/index.ts'
import { Button, Checkbox, ErrorState, Select, TextArea, TextField } from '../../ui/index.ts'
import { openTarget, toast, toastError, undoBy } from '../../workbench/index.ts'
import {
  ADDRESSES,
  argvOf,
  type Draft,
  draftOf,
  EMPTY,
  fileOf,
  hasSecret,
  KEPT,
  specOf,
  type Wrong,
  wrongOf,
} from './form.ts'
import styles from './Sources.module.css'
import { TestSteps } from './TestSteps.tsx'

const AUTHS = ['none', 'basic', 'bearer', 'file', 'command', 'apiKey', 'oauth2', 'sigv4'] as const

/** What stands in the part that is folded away. */
const FOLDED = ['headers', 'cert', 'proxyUrl', 'bastion'] as const

export function SourceForm({ id, before }: { id?: string; before?: SourceSpec }) {
  const t = useT()
  const add = useCommand('sources.add')
  const edit = useCommand('sources.edit')
  const test = useCommand('sources.test')
  const [draft, setDraft] = useState<Draft>(() => (before ? draftOf(before) : EMPTY))
  const [keep, setKeep] = useState<'vault' | 'session'>('vault')
  const [steps, setSteps] = useState<readonly TestStep[]>()
  const [tried, setTried] = useState(false)
  const set =
    <K extends keyof Draft>(key: K) =>
    (value: Draft[K]): void =>
      setDraft((now) => ({ ...now, [key]: value }))
  const wrong: Wrong = tried ? wrongOf(draft, before?.headers) : {}
  const error = (key: keyof Draft): string | undefined => {
    const what = wrong[key]
    return what === undefined ? undefined : t(`sources.wrong.${what}`)
  }
  const unfolded =
    [before?.tls, before?.ssh, before?.tenant, before?.headers].some((each) => each !== undefined) ||
    FOLDED.some((key) => wrong[key] !== undefined)
  const ready = (): boolean => {
    setTried(true)
    return Object.keys(wrongOf(draft, before?.headers)).length === 0
  }
  const tryOut = async (now: Draft): Promise<void> => {
    setSteps(undefined)
    const answer = await test.run({
      ...(id === undefined ? {} : { id }),
      spec: specOf(now, before),
      confirmCommands: now.confirmed,
    })
    setSteps(answer.steps)
  }
  const fail = (reason: unknown): void => void toastError(asWatchdeckError(reason), t('sources.saveFailed'))
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!ready()) return
    const spec = specOf(draft, before)
    try {
      if (id === undefined) {
        const made = await add.run({ ...spec, keep, confirmCommands: draft.confirmed })
        toast(t('sources.added', { name: spec.name }))
        openTarget({ view: 'sources', path: [made.id] })
        return
      }
      await edit.run({ id, spec, keep, confirmCommands: draft.confirmed })
      toast(t('sources.edited', { name: spec.name }), {
        tone: 'neutral',
        action: undoBy('sources.revert', { id }, t('sources.saveFailed')),
      })
      openTarget({ view: 'sources', path: [id] })
    } catch (reason) {
      fail(reason)
    }
  }
  const text = (
    key: TextKey,
    more: { mono?: boolean; type?: string; placeholder?: string; help?: string } = {},
  ): ReactNode => (
    <TextField
      label={t(`sources.field.${key}`)}
      showLabel
      value={draft[key]}
      onChange={set(key)}
      error={error(key)}
      autoComplete="off"
      {...more}
    />
  )
  return (
    <form
      className={styles['form']}
      aria-label={t('sources.addTitle')}
      onSubmit={(event) => void save(event)}
      noValidate
    >
      {id === undefined && (
        <Select
          label={t('sources.field.kind')}
          showLabel
          value={draft.kind}
          onChange={set('kind')}
          options={LIVE_KINDS.map((value) => ({ value, label: t(`imports.kind.${value}`) }))}
        />
      )}
      {text('name', { placeholder: t('sources.namePlaceholder', { kind: t(`imports.kind.${draft.kind}`) }) })}
      {text('url', { mono: true, placeholder: ADDRESSES[draft.kind], help: t(`sources.kindHelp.${draft.kind}`) })}
      {text('environment', { placeholder: 'prod' })}
      <Select
        label={t('sources.field.auth')}
        showLabel
        value={draft.auth}
        onChange={(auth) =>
          setDraft((now) => ({
            ...now,
            auth,
            secret: '',
            kept: draftOfAuth(before) === auth && hasSecret(auth),
          }))
        }
        options={AUTHS.map((value) => ({ value, label: t(`sources.auth.${value}`) }))}
      />
      {draft.auth === 'basic' && text('username')}
      {draft.auth === 'apiKey' && text('header', { mono: true })}
      {draft.auth === 'oauth2' && (
        <>
          {text('tokenUrl', { mono: true })}
          {text('clientId')}
          {text('scopes', { mono: true })}
        </>
      )}
      {draft.auth === 'sigv4' && (
        <>
          {text('region', { mono: true, placeholder: 'eu-central-1' })}
          {text('awsService', { mono: true, help: t('sources.awsServiceHelp') })}
          {text('accessKeyId', { mono: true })}
        </>
      )}
      {draft.auth === 'file' && text('tokenFile', { mono: true, help: t('sources.tokenFileHelp') })}
      {draft.auth === 'command' && (
        <>
          <TextArea
            label={t('sources.field.command')}
            showLabel
            value={draft.command}
            // another command is not the one that was confirmed
            onChange={(command) => setDraft((now) => ({ ...now, command, confirmed: false }))}
            rows={3}
          />
          <p className={styles['hint']}>{t('sources.commandHelp')}</p>
          <Checkbox
            label={t('sources.field.confirmed', { command: argvOf(draft.command).join(' ') })}
            checked={draft.confirmed}
            onChange={set('confirmed')}
          />
          {(wrong.command ?? wrong.confirmed) !== undefined && (
            <p className={styles['warn']}>{error('command') ?? error('confirmed')}</p>
          )}
        </>
      )}
      {hasSecret(draft.auth) && (
        <TextField
          label={t(`sources.secret.${draft.auth}`)}
          showLabel
          type="password"
          autoComplete="new-password"
          value={draft.secret}
          onChange={set('secret')}
          error={error('secret')}
          {...(draft.kept ? { placeholder: t('sources.kept') } : {})}
        />
      )}
      {(hasSecret(draft.auth) || draft.headers.trim() !== '') && (
        <Select
          label={t('sources.keep')}
          showLabel
          value={keep}
          onChange={setKeep}
          options={(['vault', 'session'] as const).map((value) => ({ value, label: t(`sources.keep.${value}`) }))}
        />
      )}
      <details open={unfolded}>
        <summary>{t('sources.more')}</summary>
        <div className={styles['more']}>
          {text('tenant', { mono: true, help: t(`sources.tenantHelp.${draft.kind}`) })}
          <TextArea
            label={t('sources.field.headers')}
            showLabel
            value={draft.headers}
            onChange={set('headers')}
            placeholder="X-Team: payments"
            rows={2}
          />
          <p className={styles[wrong.headers ? 'warn' : 'hint']}>
            {error('headers') ?? t('sources.headersHelp', { kept: KEPT })}
          </p>
          <TextArea label={t('sources.field.ca')} showLabel value={draft.ca} onChange={set('ca')} rows={2} />
          {text('cert', { mono: true, help: t('sources.certHelp') })}
          {text('keyFile', {
            mono: true,
            ...(before?.tls?.key && fileOf(before.tls.key) === '' ? { placeholder: t('sources.kept') } : {}),
          })}
          <Checkbox label={t('sources.field.insecure')} checked={draft.insecure} onChange={set('insecure')} />
          {draft.insecure && <p className={styles['warn']}>{t('sources.insecureWarning')}</p>}
          <Select
            label={t('sources.field.proxy')}
            showLabel
            value={draft.proxy}
            onChange={set('proxy')}
            options={(['system', 'none', 'own'] as const).map((value) => ({
              value,
              label: t(`sources.proxy.${value}`),
            }))}
          />
          {draft.proxy === 'own' && text('proxyUrl', { mono: true, placeholder: 'socks5://proxy:1080' })}
          {text('bastion', { mono: true, placeholder: 'user@bastion:22', help: t('sources.bastionHelp') })}
          {draft.bastion !== '' && text('sshKeyFile', { mono: true, help: t('sources.sshKeyHelp') })}
          {draft.hostKey !== '' && <p className={styles['mono']}>{t('sources.hostKey', { key: draft.hostKey })}</p>}
        </div>
      </details>
      <div className={styles['buttons']}>
        <Button
          disabled={test.running}
          onClick={() => {
            if (ready())
              void tryOut(draft).catch((reason: unknown) =>
                toastError(asWatchdeckError(reason), t('sources.testFailed')),
              )
          }}
        >
          {t(test.running ? 'sources.testing' : 'sources.test')}
        </Button>
        <Button kind="primary" type="submit" disabled={add.running || edit.running}>
          {t(id === undefined ? 'sources.add' : 'sources.save')}
        </Button>
      </div>
      {test.error && <ErrorState error={test.error} />}
      {steps && (
        <TestSteps
          steps={steps}
          onAccept={(hostKey) => {
            const next = { ...draft, hostKey }
            setDraft(next)
            void tryOut(next).catch((reason: unknown) => toastError(asWatchdeckError(reason), t('sources.testFailed')))
          }}
        />
      )}
    </form>
  )
}

type TextKey = {
  [K in keyof Draft]: Draft[K] extends string ? (string extends Draft[K] ? K : never) : never
}[Exclude<keyof Draft, 'secret' | 'ca' | 'hostKey' | 'command' | 'headers'>]

const draftOfAuth = (before: SourceSpec | undefined): Draft['auth'] | undefined => before && draftOf(before).auth
