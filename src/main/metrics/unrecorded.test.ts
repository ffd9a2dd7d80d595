// A file may bring many selectors: they are read once for all questions, and no more of them than are looked at.
import { expect, test, vi } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { MOST_SELECTORS } from '../../shared/domain/held.ts'
import * as promql from '../../shared/promql/index.ts'
import { metricsModule } from './index.ts'

vi.mock('../../shared/promql/index.ts', { spy: true })

test('selectors of a source are read once, and those past the bound count as not recorded', async () => {
  await using t = await startTestEngine({ modules: [metricsModule] })
  const { id } = t.stores.catalog.sources.create({ name: 'file', kind: 'import', origin: [], readOnly: true })
  const selectors = ['x'.repeat(20_000), ...Array.from({ length: 9_999 }, (_, n) => `m${n}`)]
  const range = { from: '2025-11-02T13:00:00Z', to: '2025-11-02T14:00:00Z' }
  const held = { ...range, kinds: ['metrics' as const], services: [], selectors }
  t.stores.catalog.sources.update(id, { state: 'ready', held })
  const ask = async (query: string) => {
    const { completeness } = await t.client.call('metrics.query', { range, step: '1m', query, sources: [id] })
    return completeness.missing.length
  }
  expect([await ask('m0'), await ask(`m${MOST_SELECTORS - 1}`), await ask(`m${MOST_SELECTORS}`)]).toEqual([0, 0, 1])
  const read = vi.mocked(promql.parsePromQL).mock.calls.filter(([text]) => text === 'm7')
  expect(read).toHaveLength(1)
})
