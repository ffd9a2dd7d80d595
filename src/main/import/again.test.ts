// The same file twice adds nothing, also when its first source was removed and is taken back.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { importModule } from './index.ts'

const LINES = Array.from({ length: 20 }, (_, i) => `2026-11-02T14:00:${String(i).padStart(2, '0')}Z INFO line ${i}\n`)

test('a removed source whose file was imported again is taken back only after the other one is gone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-again-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const t = stack.use(await startTestEngine({ modules: [importModule] }))
  const run = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(dir, name), content)
    return t.client.call('import.run', { paths: [join(dir, name)], source: name })
  }
  const first = await run('a.log', LINES.join(''))
  expect(await run('other-name.log.gz', gzipSync(LINES.join('')))).toMatchObject({
    source: first.source,
    logs: 0,
    files: [{ alreadyImported: true }],
  })
  await t.client.call('sources.remove', { id: first.source })
  const second = await run('b.log', LINES.join(''))
  expect(second).toMatchObject({ logs: 20, files: [{ alreadyImported: false }] })
  await expect(t.client.call('sources.restore', { id: first.source })).rejects.toMatchObject({
    code: 'conflict',
    message: 'A file of this source was imported again as "b.log".',
  })
  await t.client.call('sources.remove', { id: second.source })
  expect(await t.client.call('sources.restore', { id: first.source })).toMatchObject({ ok: true })
})
