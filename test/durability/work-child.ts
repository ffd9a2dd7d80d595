// For kill.test.ts: an engine that pins, writes notes, imports and saves until it is killed. What was acknowledged is told
// on a line of its own. Arguments: data folder, folder of the saved file, a name for this round.

import { writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../src/main/engine/engine.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { nodePlatform } from '../../src/main/platform/node.ts'

const [dataDir = '', folder = '', round = ''] = process.argv.slice(2)
const tell = (what: string, id: string) => writeSync(1, `${what} ${id}\n`)

const platform = nodePlatform({ shell: 'cli', version: '0.0.0-test', dataDir })
const engine = await createEngine({ platform, modules: ALL_MODULES })
const { sources } = await engine.call('sources.list', {})
const source = sources.find((s) => s.state === 'ready')?.id
const range = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
const incident = await engine.call('incidents.create', {
  title: `round ${round}`,
  severity: 'minor',
  range,
  ...(source === undefined ? {} : { sources: [source] }),
})
tell('incident', incident.id)
for (let i = 0; ; i++) {
  const note = await engine.call('incidents.note', { incident: incident.id, markdown: `note ${i} of ${round}` })
  tell('entry', note.id)
  const what = { method: 'logs.search', input: { range, limit: 20 } }
  const pin = await engine.call('incidents.pin', { incident: incident.id, what })
  tell('entry', pin.id)
  const path = join(folder, `work-${round}-${i}.ndjson`)
  writeFileSync(path, lines(`work-${round}-${i}`, 500))
  const imported = await engine.call('import.run', { paths: [path], source: `work ${round}` })
  tell('rows', `work-${round}-${i} ${imported.logs}`)
  const saved = await engine.call('file.save', {
    incident: incident.id,
    path: join(folder, 'saved.watchdeck'),
    overwrite: true,
  })
  tell('saved', saved.sha256)
}

function lines(service: string, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++)
    text += `{"timestamp":"2026-11-02T14:00:00.${String(i).padStart(3, '0')}Z","level":"info","service":"${service}","message":"line ${i}"}\n`
  return text
}
