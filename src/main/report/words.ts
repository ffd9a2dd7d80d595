// The words of the report, in both languages: the CLI writes it without a page, so they live with the engine.

import { en, type Words } from './words-en.ts'
import { zh } from './words-zh.ts'

export type Language = 'en' | 'zh-CN'

export const wordsOf = (language: Language): Words => (language === 'en' ? en : zh)
export type { PinKind, Words } from './words-en.ts'
