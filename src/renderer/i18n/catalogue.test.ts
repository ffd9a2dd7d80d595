// Both languages say the same things.
import { expect, test } from 'vitest'
import { en } from './en/index.ts'
import { sentences } from './index.ts'
import { formatMessage, messageArguments } from './message.ts'
import { zhCN } from './zh-CN/index.ts'

const flat = (catalogue: Readonly<Record<string, Readonly<Record<string, string>>>>): Map<string, string> =>
  new Map(
    Object.entries(catalogue).flatMap(([file, words]) =>
      Object.entries(words).map(([key, text]) => [`${file}.${key}`, text] as const),
    ),
  )

test('every key is in both languages with the same arguments', () => {
  const [english, chinese] = [flat(en), flat(zhCN)]
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  const different = [...english].filter(
    ([key, text]) =>
      [...messageArguments(text)].sort().join() !== [...messageArguments(chinese.get(key) ?? '')].sort().join(),
  )
  expect(different.map(([key]) => key)).toEqual([])
})

test('plurals, exact cases, choices and numbers are filled in', () => {
  const message =
    '{n, plural, =0 {no spans} one {# span} other {# spans}} in {where, select, a {the first} other {{where}}}'
  expect([0, 1, 12000].map((n) => formatMessage(message, { n, where: n === 0 ? 'a' : 'b' }, 'en'))).toEqual([
    'no spans in the first',
    '1 span in b',
    '12,000 spans in b',
  ])
  expect(() => messageArguments('{n, plural, one {x}}')).toThrow('no "other"')
  expect(() => messageArguments('a } b')).toThrow('unbalanced')
})

test('sentences follow each other as their language has it', () => {
  expect(sentences(['It is cut off.', undefined, '', 'Ask for it again.'])).toBe('It is cut off. Ask for it again.')
  expect(sentences(['文件已被截断。', '请重新索取；见 docs 。'])).toBe('文件已被截断。请重新索取；见 docs 。')
})
