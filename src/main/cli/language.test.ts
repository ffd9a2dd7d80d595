// Which language a person at a terminal reads.

import { expect, test } from 'vitest'
import { languageOf, sayError } from './language.ts'

test.each([
  [['call', 'x', '--lang', 'zh-CN'], {}, 'zh-CN'],
  [['call', 'x', '--lang=zh'], { LANG: 'en_US.UTF-8' }, 'zh-CN'],
  [['--lang', 'en'], { LANG: 'zh_CN.UTF-8' }, 'en'],
  [[], { LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [[], { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [[], {}, 'en'],
] as const)('%j with %j is read in %s', (argv, env, language) => {
  expect(languageOf(argv, env)).toBe(language)
})

test('message and hint are said, code and details stay', () => {
  const error = {
    code: 'not_found' as const,
    message: 'There is no incident "x".',
    hint: 'incidents.list names them all.',
    retryable: false,
    details: { id: 'x' },
  }
  expect(sayError(error, 'zh-CN')).toEqual({
    ...error,
    message: '没有事故 "x"。',
    hint: 'incidents.list 列出全部事故。',
  })
  expect(sayError(error, 'en')).toEqual(error)
})
