// Charts in words.
import { beforeAll, expect, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { adoptPreferences } from '../lib/preferences.ts'
import { type MessageKey, t, translate } from '../i18n/index.ts'
import type { MessageValues } from '../i18n/message.ts'
import { barsInWords, cellsInWords, linesInWords, pointsInWords } from './summary.ts'

beforeAll(() => adoptPreferences({ language: 'en' }))

const START = 1_762_092_000_000_000_000n // 2025-11-02T14:00:00Z
const minute = (n: number): bigint => START + BigInt(n) * 60_000_000_000n
const words = { t, zone: 'UTC', range: { from: asEpochNs(minute(0)), to: asEpochNs(minute(10)) } }
const line = (label: string, values: number[]) => ({
  id: label,
  label,
  points: { times: BigInt64Array.from(values, (_, i) => minute(i)), values: Float64Array.from(values) },
})

test('lines tell the last, lowest and highest value of each series and when it was highest; NaN is no value', () => {
  expect(linesInWords([line('checkout', [0.1, 0.5, Number.NaN, 0.2]), line('fraud', [Number.NaN])], '1', words)).toBe(
    '2 lines from 14:00:00 to 14:10:00. checkout: last 20 %, lowest 10 %, highest 50 % at 14:01:00. fraud has no values.',
  )
})

test('in Chinese sentences follow each other without a space', () => {
  const zh = { ...words, t: (key: MessageKey, values?: MessageValues) => translate('zh-CN', key, values) }
  expect(linesInWords([line('checkout', [0.5]), line('fraud', [Number.NaN])], '1', zh)).toBe(
    '14:00:00 至 14:10:00 共 2 条线。checkout：最新 50 %，最低 50 %，最高 50 %（14:00:00）。fraud 没有值。',
  )
})

test('beyond eight series the rest are counted', () => {
  const many = Array.from({ length: 10 }, (_, i) => line(`s${i}`, [i]))
  expect(linesInWords(many, undefined, words)).toMatch(/^10 lines .* 2 more series are in the table\.$/)
})

test('bars tell how many in all, of what, and when most', () => {
  const times = BigInt64Array.from([minute(0), minute(1)])
  const series = [
    { label: 'error', values: [1, 5] },
    { label: 'info', values: [1000, 1] },
    { label: 'debug', values: [0, 0] },
  ]
  expect(barsInWords(times, series, words)).toBe(
    '1,007 from 14:00:00 to 14:10:00: error 6, info 1,001. Most in one bar: 1,001 at 14:00:00.',
  )
  expect(barsInWords(times, [], words)).toBe('Nothing from 14:00:00 to 14:10:00.')
})

test('points tell how many there are, between which values, of which groups', () => {
  const groups = [
    { label: 'frontend', values: [2_000_000, 4_000_000] },
    { label: 'Failed', values: [1_500_000_000] },
  ]
  expect(pointsInWords(groups, 'ns', words)).toBe(
    '3 points from 14:00:00 to 14:10:00, between 2 ms and 1.5 s: frontend 2, Failed 1.',
  )
})

test('cells tell where most were counted', () => {
  const times = BigInt64Array.from([minute(0), minute(1)])
  const bounds = Float64Array.from([1_000_000, 2_000_000])
  expect(cellsInWords(times, bounds, Float64Array.from([1, 2, 3, 40]), 'ns', words)).toBe(
    '46 counted from 14:00:00 to 14:10:00. Most often between 1 ms and 2 ms: 40 at 14:01:00.',
  )
})
