// For store.test.ts: a process that is killed at a chosen moment of a write. Arguments: folder, moment.

import { DuckDBConnection } from '@duckdb/node-api'
import { addRows, log, openTestStores, span, T0 } from '../testing.ts'

const [folder, moment] = process.argv.slice(2)
const stores = await openTestStores(folder)
const { id } = stores.catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
await addRows(stores, id, { kind: 'spans', rows: [span()] })
stores.catalog.sources.update(id, { state: 'ready' })

const pause = async () => {
  process.stdout.write('ready\n')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}

const writer = await stores.telemetry.writer(id)
if (moment === 'before-commit') {
  await writer.write({
    kind: 'spans',
    rows: Array.from({ length: 30_000 }, (_, i) =>
      span({ spanId: (i + 1).toString(16), attributes: { values: { i } } }),
    ),
  })
  await writer.write({
    kind: 'user-events',
    rows: [{ time: T0, id: 'e', event: 'v', distinctId: 'd', properties: { values: {} } }],
  })
  await pause()
} else {
  await writer.write({ kind: 'logs', rows: [log()] })
  await writer.write({
    kind: 'user-events',
    rows: [{ time: T0, id: 'e', event: 'v', distinctId: 'd', properties: { values: {} } }],
  })
  // stops where the telemetry is committed and the staged events are about to be moved
  const run = DuckDBConnection.prototype.run
  DuckDBConnection.prototype.run = async function (this: DuckDBConnection, ...call: Parameters<typeof run>) {
    if (call[0].startsWith('INSERT INTO events.main.user_events')) await pause()
    return run.apply(this, call)
  }
  await writer.commit()
}
