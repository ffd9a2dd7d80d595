import { expect, test } from 'vitest'
import { type MessageKey, translate } from '../i18n/index.ts'
import type { MessageValues } from '../i18n/message.ts'
import { nameOf } from './JobTray.tsx'

test('a job is called in the words of the page, with what it works on', () => {
  const inLanguage = (language: 'en' | 'zh-CN', method: string, title: string): string =>
    nameOf((key: MessageKey, values?: MessageValues) => translate(language, key, values), { method, title })
  expect(inLanguage('en', 'import.run', 'Import files: big.ndjson')).toBe('Import: big.ndjson')
  expect(inLanguage('zh-CN', 'import.run', 'Import files: big.ndjson')).toBe('导入：big.ndjson')
  expect(inLanguage('zh-CN', 'import.run', 'Import files')).toBe('导入')
  expect(inLanguage('en', 'other.run', 'Does: this')).toBe('Does: this')
})
