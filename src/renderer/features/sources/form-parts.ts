// What the parts of the form have in common: lines, files or text, and secrets that are kept without being shown.

import type { Secret } from '../../../shared/contract/source-spec.ts'

/** A secret that may be left out: what is typed, else the one that is kept. */
export interface SecretDraft {
  readonly typed: string
  readonly kept?: Secret | undefined
}
export const NO_SECRET: SecretDraft = { typed: '' }

export const secretOf = ({ typed, kept }: SecretDraft): Secret | undefined => (typed === '' ? kept : typed)
export const hasAny = (secret: SecretDraft): boolean => secretOf(secret) !== undefined

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A path, or the PEM text itself. */
export const pemOf = (text: string): string | { file: string } =>
  text.includes('-----BEGIN') ? text : { file: text.trim() }

/** '' when the secret is in no file. */
export const fileOf = (secret: Secret | undefined): string =>
  typeof secret === 'object' && 'file' in secret ? secret.file : ''

/** A private key as path or PEM; '' stands for the one that is kept, which is not shown. */
export const keyOf = (text: string, kept: Secret | undefined): Secret | undefined =>
  text.trim() === '' ? kept : pemOf(text)

/** `{ [key]: value }`, or nothing. */
export const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })

/** Text without the space around it; undefined for none. */
export const textOrNone = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())
