// Details of objects, as the engine writes them, in both languages.
import { expect, test } from 'vitest'
import { translate } from '../../i18n/index.ts'
import { detailInWords } from './detail.ts'

const inChinese = (detail: string) => detailInWords(detail, (key, values) => translate('zh-CN', key, values))

test.each([
  [
    '0/1 ready, 11 restarts, OOMKilled, last exit 137, on worker-1.local',
    '0/1 就绪，重启 11 次，OOMKilled，上次退出码 137，位于节点 worker-1.local',
  ],
  ['1/3 ready, 2 updated, registry/shop:1.2, paused', '1/3 就绪，已更新 2，registry/shop:1.2，已暂停'],
  ['0/1 ready, exit 1', '0/1 就绪，退出码 1'],
  ['3 keys', '3 个键'],
  ['1 key', '1 个键'],
  ['*/5 * * * *, last run 2026-11-02T14:00:00Z', '*/5 * * * *，上次运行 2026-11-02T14:00:00Z'],
  ['MemoryPressure, cordoned, v1.31.2', 'MemoryPressure，已禁止调度，v1.31.2'],
  ['1 active, 3 succeeded, 2 failed, BackoffLimitExceeded', '运行中 1，成功 3，失败 2，BackoffLimitExceeded'],
  ['5 of 2-5, wants 7, FailedGetScale', '当前 5，范围 2-5，期望 7，FailedGetScale'],
])('%s', (english, chinese) => {
  expect(inChinese(english)).toBe(chinese)
  // English says what the engine says, to the letter
  expect(detailInWords(english, (key, values) => translate('en', key, values))).toBe(english)
})

test('what Kubernetes itself said stays as it is', () => {
  for (const text of ['', 'standard-ssd', '0/3 nodes are available, on node pressure: try later', '80/TCP, 443/TCP'])
    expect(inChinese(text)).toBe(text)
})
