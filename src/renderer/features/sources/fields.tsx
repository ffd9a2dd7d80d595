// Fields of the form over its draft: a text of the draft, and a secret that stays kept unless another is typed or it is taken away.

import type { ReactNode } from 'react'
import type { MessageKey } from '../../i18n/index.ts'
import { useT } from '../../i18n/index.ts'
import { Button, TextArea, TextField } from '../../ui/index.ts'
import type { Draft } from './form.ts'
import { LIMITS } from './form-limits.ts'
import type { SecretDraft } from './form-parts.ts'
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
  readonly label: string
  readonly secret: SecretDraft
  readonly onChange: (secret: SecretDraft) => void
  readonly help?: string
}

export function SecretField({ label, secret, onChange, help }: SecretProps) {
  const t = useT()
  const kept = secret.kept !== undefined && secret.typed === ''
  return (
    <div className={styles['secret']}>
      <TextField
        label={label}
        showLabel
        type="password"
        autoComplete="new-password"
        value={secret.typed}
        onChange={(typed) => onChange({ ...secret, typed })}
        {...(help === undefined ? {} : { help })}
        {...(kept ? { placeholder: t('sources.kept') } : {})}
      />
      {kept && (
        <Button
          kind="quiet"
          aria-label={t('sources.forgetOf', { what: label })}
          onClick={() => onChange({ typed: '' })}
        >
          {t('sources.forget')}
        </Button>
      )}
    </div>
  )
}
