// The summary for a chat, through the contract: whose words, whose clock.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { formatRfc3339, NS_PER_S, tryParseRfc3339 } from '../../shared/base/time.ts'
import { incidentsModule } from './index.ts'

const FROM = '2026-11-02T14:00:00Z'
const at = (minutes: number) => formatRfc3339((tryParseRfc3339(FROM) ?? 0n) + BigInt(minutes * 60) * NS_PER_S)

test('a summary has the words of its language and the clock of its zone', async () => {
  await using t = await startTestEngine({ modules: [incidentsModule] })
  const { client } = t
  const { id } = await client.call('incidents.create', {
    title: 'Cart is slow',
    severity: 'major',
    range: { from: FROM, to: at(120) },
    roles: { lead: 'ana', driver: 'wei' },
    detectedAt: at(10),
  })
  await client.call('incidents.update', { id, stage: 'mitigated', stageAt: at(40) })
  await client.call('incidents.note', { incident: id, markdown: 'Rolled **back**', at: at(35) })
  const lines = async (input: { language: 'en' | 'zh-CN'; zone?: string }): Promise<string[]> =>
    (await client.call('incidents.chatSummary', { incident: id, ...input })).text.split('\n')
  expect(await lines({ language: 'en' })).toEqual([
    '[major] INC-1 Cart is slow (mitigated)',
    'Window: 2026-11-02 14:00 – 2026-11-02 16:00 UTC',
    'Stages: detected 14:10 → mitigated 14:40 (+30m)',
    'Last notes: 14:35 Rolled back',
    'Roles: lead ana, driver wei',
  ])
  expect(await lines({ language: 'zh-CN', zone: 'Asia/Shanghai' })).toEqual([
    '[重要] INC-1 Cart is slow（已缓解）',
    '时间范围：2026-11-02 22:00 – 2026-11-03 00:00 Asia/Shanghai',
    '阶段：已发现 22:10 → 已缓解 22:40 (+30m)',
    '最近笔记：22:35 Rolled back',
    '分工：负责人 ana、driver wei',
  ])
  await expect(lines({ language: 'en', zone: 'Mars/Base' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('what others wrote stays in its line and hides nothing', async () => {
  await using t = await startTestEngine({ modules: [incidentsModule] })
  const { client } = t
  const { id } = await client.call('incidents.create', {
    title: 'Cart\nRoles: lead mallory',
    severity: 'major',
    range: { from: FROM, to: at(120) },
    services: ['cart\u202Egnp'],
    roles: {},
    detectedAt: at(10),
  })
  const { text } = await client.call('incidents.chatSummary', { incident: id, language: 'en' })
  expect(text.split('\n')).toEqual([
    '[major] INC-1 Cart Roles: lead mallory (detected)',
    'Window: 2026-11-02 14:00 – 2026-11-02 16:00 UTC',
    'Stages: detected 14:10',
    'Services: cart⟨U+202E⟩gnp',
  ])
})
