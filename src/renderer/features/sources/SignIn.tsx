// Who asks: the way of signing in, its fields and its secret, which is typed or read from an environment variable.

import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import { useT } from '../../i18n/index.ts'
import { Checkbox, Select, TextArea } from '../../ui/index.ts'
import { DraftText, type FormState, SecretField, useWrong } from './fields.tsx'
import { argvOf, type Draft, draftOf, hasSecret } from './form.ts'
import { isKeptHere, isKeyKeptHere, NO_SECRET, type SecretDraft } from './form-parts.ts'
import styles from './Sources.module.css'

const AUTHS = ['none', 'basic', 'bearer', 'file', 'command', 'apiKey', 'oauth2', 'sigv4'] as const
export type Keep = 'vault' | 'session'

interface SignInProps {
  readonly form: FormState
  readonly before: SourceSpec | undefined
  /** where typed secrets are kept */
  readonly keep: Keep
  readonly setKeep: (keep: Keep) => void
}

export function SignIn({ form, before, keep, setKeep }: SignInProps) {
  const t = useT()
  const { draft, set } = form
  const error = useWrong(form.wrong)
  const { auth } = draft
  const secret = hasSecret(auth)
  return (
    <>
      <Select
        label={t('sources.field.auth')}
        showLabel
        className={styles['pick'] ?? ''}
        value={auth}
        onChange={(next) => set({ auth: next, secret: secretFor(before, next, draft.over) })}
        options={AUTHS.map((value) => ({ value, label: t(`sources.auth.${value}`) }))}
      />
      {auth === 'basic' && <DraftText form={form} name="username" />}
      {auth === 'apiKey' && <DraftText form={form} name="header" mono />}
      {auth === 'oauth2' && (
        <>
          <DraftText form={form} name="tokenUrl" mono />
          <DraftText form={form} name="clientId" />
        </>
      )}
      {auth === 'sigv4' && (
        <>
          <DraftText form={form} name="region" mono placeholder="eu-central-1" />
          <DraftText form={form} name="awsService" mono help={t('sources.awsServiceHelp')} />
          <DraftText form={form} name="accessKeyId" mono />
        </>
      )}
      {auth === 'file' && <DraftText form={form} name="tokenFile" mono help={t('sources.tokenFileHelp')} />}
      {auth === 'command' && (
        <>
          <TextArea
            label={t('sources.field.command')}
            showLabel
            value={draft.command}
            // another command is not the one that was confirmed
            onChange={(command) => set({ command, confirmed: false })}
            rows={3}
            error={error('command') ?? error('confirmed')}
            help={t('sources.commandHelp')}
          />
          <Checkbox
            label={t('sources.field.confirmed', { command: argvOf(draft.command).join(' ') })}
            checked={draft.confirmed}
            onChange={(confirmed) => set({ confirmed })}
          />
        </>
      )}
      {secret && (
        <SecretField
          form={form}
          field="secret"
          label={t(`sources.secret.${auth}`)}
          secret={draft.secret}
          onChange={(given) => set({ secret: given })}
          needed
        />
      )}
      {auth === 'sigv4' && (
        <SecretField
          form={form}
          field="sessionToken"
          label={t('sources.sessionToken')}
          secret={draft.sessionToken}
          onChange={(sessionToken) => set({ sessionToken })}
          help={t('sources.sessionTokenHelp')}
        />
      )}
      {auth === 'oauth2' && (
        <>
          <DraftText form={form} name="scopes" mono help={t('sources.scopesHelp')} />
          <DraftText form={form} name="audience" mono />
          <Select
            label={t('sources.oauthMethod')}
            showLabel
            className={styles['pick'] ?? ''}
            value={draft.oauthMethod}
            onChange={(oauthMethod) => set({ oauthMethod })}
            options={(['basic', 'post'] as const).map((value) => ({ value, label: t(`sources.oauthMethod.${value}`) }))}
          />
        </>
      )}
      {keepsSecrets(draft) && (
        <Select
          label={t('sources.keep')}
          showLabel
          className={styles['pick'] ?? ''}
          value={keep}
          onChange={setKeep}
          options={(['vault', 'session'] as const).map((value) => ({ value, label: t(`sources.keep.${value}`) }))}
        />
      )}
    </>
  )
}

const secretFor = (before: SourceSpec | undefined, auth: Draft['auth'], over: boolean): SecretDraft => {
  const earlier = before && draftOf(before, over)
  return earlier?.auth === auth ? earlier.secret : NO_SECRET
}

/** Whether there is something to be kept; that of signing in is going to be. */
const keepsSecrets = ({ auth, secret, headers, key, passphrase, sessionToken, proxyPassword, hops }: Draft): boolean =>
  (hasSecret(auth) && secret.env === undefined) ||
  headers.trim() !== '' ||
  isKeyKeptHere(key) ||
  [passphrase, sessionToken, proxyPassword, ...hops.flatMap((hop) => [hop.passphrase, hop.password])].some(
    isKeptHere,
  ) ||
  hops.some((hop) => isKeyKeptHere(hop.key))
