// How the program speaks: `const t = useT(); t('traces.title', { count: 3 })`. English is the shape of the catalogue;
// every other language must have exactly its keys, or it does not compile.

import { useMemo } from 'react'
import { sayIn } from '../../shared/i18n/index.ts'
import { usePreferences, resolveLanguage, type Language, useLanguage } from '../lib/preferences.ts'
import { en } from './en/index.ts'
import { formatMessage, type MessageValues } from './message.ts'
import { zhCN } from './zh-CN/index.ts'

type English = typeof en
/** 'workbench.range.title': the file's name, a dot, the key in it. */
export type MessageKey = { [F in keyof English & string]: `${F}.${keyof English[F] & string}` }[keyof English & string]
export type Translate = (key: MessageKey, values?: MessageValues) => string

const catalogues: Record<Language, Readonly<Record<string, Readonly<Record<string, string>>>>> = { en, 'zh-CN': zhCN }

export function translate(language: Language, key: MessageKey, values?: MessageValues): string {
  const dot = key.indexOf('.')
  const message = catalogues[language][key.slice(0, dot)]?.[key.slice(dot + 1)]
  return message === undefined ? key : formatMessage(message, values, language)
}

export function useT(): Translate {
  const language = useLanguage()
  return useMemo(() => (key, values) => translate(language, key, values), [language])
}

/** Outside of components (canvas labels, toasts from stores). */
export function t(key: MessageKey, values?: MessageValues): string {
  return translate(resolveLanguage(usePreferences.getState().language, navigator.languages), key, values)
}

/** What the engine says (an error, a hint, progress, a reason), in the language of the page. */
export function say(text: string): string {
  return sayIn(resolveLanguage(usePreferences.getState().language, navigator.languages))(text)
}

/** Sentences one after the other: after a full-width stop there is no space. */
export const sentences = (texts: ReadonlyArray<string | undefined>): string =>
  texts
    .filter((text) => text !== undefined && text !== '')
    .join(' ')
    .replace(/([。！？；]) /gu, '$1')

export function isMessageKey(key: string): key is MessageKey {
  const dot = key.indexOf('.')
  const messages = catalogues.en[key.slice(0, dot)]
  return messages !== undefined && Object.hasOwn(messages, key.slice(dot + 1))
}
