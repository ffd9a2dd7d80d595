// The languages that texts for others can be written in, each by its own name.
import type { Language } from '../../lib/preferences.ts'

export const LANGUAGES: ReadonlyArray<{ value: Language; label: string }> = [
  { value: 'en', label: 'English' },
  { value: 'zh-CN', label: '简体中文' },
]
