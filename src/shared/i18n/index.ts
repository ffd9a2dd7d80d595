// The engine's sentences in the languages of the page and the command line.

import { type Say, sayWith } from './phrases.ts'
import { zhCNPhrases } from './zh-CN/index.ts'

export const ENGINE_LANGUAGES = ['en', 'zh-CN'] as const
export type EngineLanguage = (typeof ENGINE_LANGUAGES)[number]

let chinese: Say | undefined

/** `sayIn('zh-CN')(error.message)`; what is in no book, or in English already, stays as it is. */
export function sayIn(language: EngineLanguage): Say {
  if (language === 'en') return (text) => text
  return (chinese ??= sayWith(zhCNPhrases))
}
