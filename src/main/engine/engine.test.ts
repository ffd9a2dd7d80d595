import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'

test('an engine over a new folder answers through the memory transport', async () => {
  await using t = await startTestEngine()
  const info = await t.client.call('system.info', {})
  expect(info).toMatchObject({ shell: 'cli', version: '0.0.0-test', dataDir: t.dataDir })
  expect(await t.client.call('sources.list', {})).toEqual({ sources: [] })
})
