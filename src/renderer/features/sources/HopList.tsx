// Bastions in their order: where each is, how one gets in, and the key that was accepted of it.

import { useId } from 'react'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { Button, Checkbox, IconButton, TextField } from '../../ui/index.ts'
import { DraftText, type FormState, SecretField, useWrong } from './fields.tsx'
import { type HopDraft, moved, MOST_HOPS, newHop } from './form-hops.ts'
import { HOP_SECRETS } from './form-wrong.ts'
import { hasAny, keyOf } from './form-parts.ts'
import { Details } from './Section.tsx'
import styles from './Sources.module.css'

export function HopList({ form }: { form: FormState }) {
  const t = useT()
  const { hops } = form.draft
  const set = (next: readonly HopDraft[]): void => form.set({ hops: next })
  return (
    <>
      {hops.length > 0 && (
        <ol className={styles['hops']} aria-label={t('sources.hops')}>
          {hops.map((hop, at) => (
            <HopRow key={hop.id} form={form} hop={hop} at={at} set={set} />
          ))}
        </ol>
      )}
      <div className={styles['buttons']}>
        <Button icon="plus" disabled={hops.length >= MOST_HOPS} onClick={() => set([...hops, newHop(hops)])}>
          {t(hops.length === 0 ? 'sources.addBastion' : 'sources.addHop')}
        </Button>
      </div>
      {hops.length > 0 && (
        <>
          <Checkbox
            label={t('sources.field.useConfig')}
            checked={form.draft.useConfig}
            onChange={(useConfig) => form.set({ useConfig })}
          />
          <DraftText form={form} name="keepAlive" mono placeholder="15" help={t('sources.keepAliveHelp')} />
        </>
      )}
    </>
  )
}

interface RowProps {
  readonly form: FormState
  readonly hop: HopDraft
  readonly at: number
  readonly set: (hops: readonly HopDraft[]) => void
}

function HopRow({ form, hop, at, set }: RowProps) {
  const t = useT()
  const list = useId()
  const { hops } = form.draft
  const error = useWrong(form.wrong)(`hops.${at}.where`)
  const known = useMethod('sources.sshHosts', form.draft.useConfig ? {} : null)
  const change = (more: Partial<HopDraft>): void =>
    set(hops.map((other) => (other.id === hop.id ? { ...other, ...more } : other)))
  const n = at + 1
  return (
    <li className={styles['hop']}>
      <div className={styles['hopWhere']}>
        <TextField
          label={t('sources.hop', { n })}
          showLabel
          mono
          value={hop.where}
          // the key that was accepted is another host's
          onChange={(where) => change({ where, hostKey: '' })}
          error={error}
          placeholder="user@bastion:22"
          help={t('sources.bastionHelp')}
          list={list}
        />
        <datalist id={list}>
          {known.data?.hosts.map(({ host, hostName, user, port }) => (
            <option key={host} value={host}>
              {`${user === undefined ? '' : `${user}@`}${hostName ?? host}${port === undefined ? '' : `:${port}`}`}
            </option>
          ))}
        </datalist>
        <div className={styles['hopTools']}>
          <IconButton
            icon="arrowUp"
            label={t('sources.hopUp', { n })}
            disabled={at === 0}
            onClick={() => set(moved(hops, at, -1))}
          />
          <IconButton
            icon="arrowDown"
            label={t('sources.hopDown', { n })}
            disabled={n === hops.length}
            onClick={() => set(moved(hops, at, 1))}
          />
          <IconButton
            icon="trash"
            label={t('sources.hopRemove', { n })}
            onClick={() => set(hops.filter(({ id }) => id !== hop.id))}
          />
        </div>
      </div>
      {hop.hostKey !== '' && (
        <p className={styles['hopKey']}>
          <span className={styles['mono']}>{t('sources.hostKey', { key: hop.hostKey })}</span>
          <Button kind="quiet" onClick={() => change({ hostKey: '' })}>
            {t('sources.forget')}
          </Button>
        </p>
      )}
      <Details wrong={HOP_SECRETS.some((name) => form.wrong[`hops.${at}.${name}`] !== undefined)}>
        <summary>
          <span>{t('sources.hopSignIn', { n })}</span> <span className={styles['told']}>{waysOf(hop, t)}</span>
        </summary>
        <div className={styles['more']}>
          <Checkbox label={t('sources.hopAgent')} checked={hop.agent} onChange={(agent) => change({ agent })} />
          <SecretField
            form={form}
            field={`hops.${at}.key`}
            label={t('sources.hopPrivateKey')}
            secret={hop.key}
            onChange={(key) => change({ key })}
            pem={{ placeholder: '~/.ssh/id_ed25519' }}
            help={t('sources.sshKeyHelp')}
          />
          <SecretField
            form={form}
            field={`hops.${at}.passphrase`}
            label={t('sources.hopPassphrase')}
            secret={hop.passphrase}
            onChange={(passphrase) => change({ passphrase })}
          />
          <SecretField
            form={form}
            field={`hops.${at}.password`}
            label={t('sources.hopPassword')}
            secret={hop.password}
            onChange={(password) => change({ password })}
            help={t('sources.hopPasswordHelp')}
          />
        </div>
      </Details>
    </li>
  )
}

/** What is tried, in its order. */
function waysOf(hop: HopDraft, t: ReturnType<typeof useT>): string {
  const own = keyOf(hop.key) !== undefined || hop.key.gone === true
  return [
    ...(hop.agent ? [t('sources.way.agent')] : []),
    t(own ? 'sources.way.key' : 'sources.way.keys'),
    ...(hasAny(hop.password) ? [t('sources.way.password')] : []),
  ].join(t('sources.way.then'))
}
