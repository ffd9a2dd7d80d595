// Fields of the form over its draft: a text of the draft, and a secret that stays kept unless another is typed or it is taken away.

import type { ReactNode } from 'react'
import type { Secret } from '../../../shared/contract/source-spec.ts'
import type { MessageKey } from '../../i18n/index.ts'
import { useT } from '../../i18n/index.ts'
import { Button, Select, TextArea, TextField } from '../../ui/index.ts'
import type { Draft } from './form.ts'
import { LIMITS } from './form-limits.ts'
import { NO_SECRET, type SecretDraft } from './form-parts.ts'
import type { Field, Wrong } from './form-wrong.ts'
import styles from './Sources.module.css'

export interface FormState {
  readonly draft: Draft
  readonly set: (change: Partial<Draft>) => void
  readonly wrong: Wrong
}

/** Keys of the draft that are plain text with words of their own. */
export type TextKey = {
  [K in keyof Draft]: Draft[K] extends string
    ? string extends Draft[K]
      ? `sources.field.${K}` extends MessageKey
        ? K
        : never
      : never
    : never
}[keyof Draft]

export function useWrong(wrong: Wrong): (field: Field) => string | undefined {
  const t = useT()
  return (field) => {
    const code = wrong[field]
    if (code === undefined) return undefined
    if (code !== 'limit') return t(`sources.wrong.${code}`)
    const limit = Object.entries(LIMITS).find(([key]) => field === `limits.${key}`)?.[1]
    return (
      limit && t(limit.whole ? 'sources.wrong.whole' : 'sources.wrong.number', { least: limit.least, most: limit.most })
    )
  }
}

interface TextProps {
  readonly form: FormState
  readonly name: TextKey
  readonly mono?: boolean
  readonly placeholder?: string
  readonly help?: ReactNode
  /** so many rows: a text of several lines */
  readonly rows?: number
}

export function DraftText({ form, name, mono, placeholder, help, rows }: TextProps) {
  const t = useT()
  const error = useWrong(form.wrong)(name)
  const shared = {
    label: t(`sources.field.${name}`),
    showLabel: true,
    value: form.draft[name],
    onChange: (value: string) => form.set({ [name]: value }),
    error,
    help,
    placeholder,
  }
  return rows === undefined ? (
    <TextField {...shared} mono={mono ?? false} autoComplete="off" />
  ) : (
    <TextArea {...shared} rows={rows} spellCheck={false} className={styles['lines']} />
  )
}

interface SecretProps {
  readonly form: FormState
  readonly field: Field
  readonly label: string
  readonly secret: SecretDraft
  readonly onChange: (secret: SecretDraft) => void
  readonly help?: string | undefined
  /** a private key: its path, or PEM in several lines, stands in sight */
  readonly pem?: { readonly placeholder?: string } | undefined
  /** cannot be left out, so that there is nothing to remove */
  readonly needed?: boolean | undefined
}

/** A secret that is typed, or read from a variable; a kept one stays unless another is given or it is taken away. */
export function SecretField({ form, field, label, secret, onChange, help, pem, needed = false }: SecretProps) {
  const t = useT()
  const { typed, kept, env, gone } = secret
  const stays = typed === '' && env === undefined && kept !== undefined
  const shared = { label, showLabel: true, error: useWrong(form.wrong)(field) }
  const type = (text: string): void => onChange({ ...secret, typed: text })
  const placeholder = stays ? keptAs(kept, t) : pem?.placeholder
  return (
    <div className={styles['secret']}>
      {env !== undefined ? (
        <TextField
          {...shared}
          mono
          autoComplete="off"
          value={env}
          onChange={(name) => onChange({ ...secret, env: name })}
          placeholder="PROD_SECRET"
          help={t('sources.envHelp')}
        />
      ) : pem ? (
        <TextArea
          {...shared}
          rows={1}
          spellCheck={false}
          className={styles['lines']}
          value={typed}
          onChange={type}
          help={help}
          placeholder={placeholder}
        />
      ) : (
        <TextField
          {...shared}
          type="password"
          autoComplete="new-password"
          value={typed}
          onChange={type}
          help={help}
          placeholder={placeholder}
        />
      )}
      <div className={styles['secretTools']}>
        <Select
          label={t('sources.whereOf', { what: label })}
          value={env === undefined ? 'typed' : 'env'}
          onChange={(where) => onChange({ ...secret, typed: '', env: where === 'env' ? '' : undefined })}
          options={[
            { value: 'typed', label: t(pem ? 'sources.where.pem' : 'sources.where.typed') },
            { value: 'env', label: t('sources.where.env') },
          ]}
        />
        {!needed && (stays || (gone === true && env === undefined && typed === '')) && (
          <Button kind="quiet" aria-label={t('sources.forgetOf', { what: label })} onClick={() => onChange(NO_SECRET)}>
            {t('sources.forget')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** Where a secret is that stays as it is. */
function keptAs(kept: Secret, t: ReturnType<typeof useT>): string {
  if (typeof kept === 'object' && 'file' in kept) return t('sources.keptFile', { path: kept.file })
  if (typeof kept === 'object' && 'command' in kept) return t('sources.keptCommand', { program: kept.command[0] ?? '' })
  return t('sources.kept')
}
