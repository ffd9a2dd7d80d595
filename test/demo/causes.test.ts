// What changed, asked as an on-call asks: from the first alert on. Each kind of fault has its cause near the top.

import { describe, expect, it } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import { startTestEngine } from '../support/engine.ts'

describe('what changed in a demo incident', () => {
  for (const fault of ['rollout', 'node-pressure', 'dns', 'slow-database', 'broken-consumer'] as const)
    it(`${fault}: the cause is among the first three rows`, { timeout: 90_000 }, async () => {
      await using t = await startTestEngine({ modules: ALL_MODULES })
      const demo = await t.client.call('demo.create', { seed: 2, scale: 0.06, fault, withTruth: true })
      const incident = await t.client.call('incidents.get', { id: demo.incident ?? '' })
      const { table } = await t.client.call('services.changes', {
        range: { from: incident.stamps[0]?.at ?? '', to: demo.to },
        sources: [demo.source],
        limit: 3,
      })
      const { rows } = frameToJsonTable(table)
      const entity = demo.truth?.rootEntity.split('/')[1] ?? ''
      const causes = rows.filter(
        (row) => row['service'] === demo.truth?.rootService || JSON.stringify(row).includes(entity),
      )
      expect(causes, JSON.stringify(rows.map((row) => [row['kind'], row['subject'], row['service']]))).not.toEqual([])
    })
})
