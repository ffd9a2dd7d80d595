// File names made of what people write as titles.

import { expect, test } from 'vitest'
import { fileNameFor, joinPath } from './file-names.ts'

test('a title becomes a name that every system takes, its letters kept', () => {
  expect(fileNameFor({ number: 12, title: 'checkout: 5xx / "retries"?' }, 'watchdeck')).toBe(
    'INC-12-checkout-5xx-retries.watchdeck',
  )
  expect(fileNameFor({ number: 3, title: '支付服务 超时' }, 'md')).toBe('INC-3-支付服务-超时.md')
  expect(fileNameFor({ number: 4, title: '../..\\' }, 'html')).toBe('INC-4.html')
})

test('paths are joined the way the folder is written', () => {
  expect(joinPath('/home/ana/data/', 'exports', 'a.watchdeck')).toBe('/home/ana/data/exports/a.watchdeck')
  expect(joinPath('C:\\Users\\Ana', 'a.watchdeck')).toBe('C:\\Users\\Ana\\a.watchdeck')
})
