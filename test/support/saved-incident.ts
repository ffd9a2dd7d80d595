// A saved incident file of the sample source, for tests that open it elsewhere.

import { join } from 'node:path'
import type { MethodInput } from '../../src/shared/contract/index.ts'
import type { TestEngine } from './engine.ts'
import { addSampleSource, SAMPLE_RANGE } from './sample-telemetry.ts'

export interface SavedOptions {
  readonly redact?: boolean
  readonly passphrase?: string
  readonly range?: { from: string; to: string }
  readonly scope?: MethodInput<'file.save'>['scope']
}

export async function savedIncident(t: TestEngine, folder: string, options: SavedOptions = {}) {
  const source = await addSampleSource(t.stores)
  const incident = await t.client.call('incidents.create', {
    title: 'Cart is slow for a@b.example',
    severity: 'major',
    range: options.range ?? SAMPLE_RANGE,
    sources: [source],
  })
  await t.client.call('incidents.note', {
    incident: incident.id,
    markdown: 'told bob@shop.example',
    at: SAMPLE_RANGE.from,
  })
  const path = join(folder, 'x.watchdeck')
  const saved = await t.client.call('file.save', {
    incident: incident.id,
    path,
    redact: options.redact ?? false,
    ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
    ...(options.scope !== undefined && { scope: options.scope }),
  })
  return { source, incident, path, saved }
}
