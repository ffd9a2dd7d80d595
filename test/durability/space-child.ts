// For kill-space.test.ts: an engine that imports, cleans up, takes back, deletes for good and makes the stores small until
// it is killed. What was acknowledged is told on a line of its own; `purging` before everything removed may go.
// Arguments: data folder, folder of the imported files, a name for this round.

import { mkdirSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../src/main/engine/engine.ts'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { nodePlatform } from '../../src/main/platform/node.ts'

const [dataDir = '', folder = '', round = ''] = process.argv.slice(2)
const tell = (what: string, id: string) => writeSync(1, `${what} ${id}\n`)

const platform = nodePlatform({ shell: 'cli', version: '0.0.0-test', dataDir })
const engine = await createEngine({ platform, modules: ALL_MODULES })
mkdirSync(join(dataDir, 'backups'), { recursive: true })
tell('ready', round)
for (let i = 0; ; i++) {
  const name = `${round}-${i}`
  const path = join(folder, `${name}.ndjson`)
  writeFileSync(path, lines(name, 500))
  const { source } = await engine.call('import.run', { paths: [path], source: name })
  const copy = join('backups', `${name}.sqlite`)
  writeFileSync(join(dataDir, copy), name)
  tell('made', `${source} ${name}`)
  const { run, removed } = await engine.call('space.run', { items: [`source:${source}`, `copy:${copy}`] })
  tell('ran', `${run} ${removed.length}`)
  if (i % 3 === 1) {
    await engine.call('space.undo', { run })
    tell('undone', name)
  }
  const purge = i % 4 === 3
  if (purge) tell('purging', name)
  await engine.call('space.reclaim', { purge })
  tell('reclaimed', name)
}

function lines(service: string, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++)
    text += `{"timestamp":"2026-11-02T14:00:00.${String(i).padStart(3, '0')}Z","level":"info","service":"${service}","message":"line ${i}"}\n`
  return text
}
