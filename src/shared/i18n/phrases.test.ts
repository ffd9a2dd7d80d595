// The engine's English in another language: whole sentences, sentences in sentences, and what is nobody's sentence.

import { expect, test } from 'vitest'
import { sayIn } from './index.ts'
import { sayWith } from './phrases.ts'
import { zhCNPhrases } from './zh-CN/index.ts'

const say = sayIn('zh-CN')

test('a sentence is said with its values, in the order of the other language', () => {
  expect(say('The call was cancelled.')).toBe('操作已取消。')
  expect(say('There is no job "x".')).toBe('没有任务 "x"。')
  expect(say('There is no span 01 in trace ff.')).toBe('trace ff 中没有 span 01。')
})

test('what a sentence quotes is said too when it is one of ours; names are left alone', () => {
  expect(say('The incident file cannot be opened: it is no zip archive or is cut off.')).toBe(
    '无法打开事故文件：不是 zip 压缩包，或已被截断。',
  )
  expect(say('"minDuration" is not valid: invalid input: expected string, received number.')).toBe(
    '"minDuration" 无效：应为 字符串，实为 数字。',
  )
  expect(say('There is no file "loading".')).toBe('没有文件 "loading"。')
})

test('the place of a mistake in a query stays before what is wrong', () => {
  expect(say('1:5: parse error: unexpected ")"')).toBe('1:5: parse error: 意外的 ")"')
  expect(say('2:7: unknown function with name "f"')).toBe('2:7: 没有名为 "f" 的函数')
})

test('English stays English, and what nobody wrote down is shown as it is', () => {
  expect(sayIn('en')('The call was cancelled.')).toBe('The call was cancelled.')
  for (const text of ['', 'payment', '连接被拒绝', 'x'.repeat(10_000)]) expect(say(text)).toBe(text)
})

test('the phrase that says most wins, whatever the order of the book', () => {
  const book = sayWith({ '{} is {}.': 'a', 'the file {} is {}.': 'b', 'the file {} is gone.': 'c {}' })
  expect(book('the file x is gone.')).toBe('c x')
})

test('every phrase says all of its values', () => {
  for (const [english, chinese] of Object.entries(zhCNPhrases)) {
    const values = Array.from({ length: english.split('{}').length - 1 }, (_, n) => `"v${n + 1}"`)
    let next = 0
    const spoken = say(english.replace(/\{\}/g, () => values[next++] ?? ''))
    for (const value of values) expect([chinese, spoken.includes(value)]).toEqual([chinese, true])
  }
})
