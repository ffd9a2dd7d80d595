// A full disk and a folder that may not be written: a sentence that says what to do, and nothing that is damaged by it.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { CLI, openFolder, problemsOf, runNode, tempFolder } from './support.ts'

/** A small disk of its own; undefined where that is not allowed. */
function smallDisk(mb: number): string | undefined {
  const folder = tempFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mb}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  return folder
}

const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = '/tmp/watchdeck-mount-try'
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  }
})()

function noise(service: string, count: number): string {
  let text = ''
  let state = 12345
  for (let i = 0; i < count; i++) {
    let body = ''
    for (let j = 0; j < 12; j++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      body += state.toString(36)
    }
    text += `{"timestamp":"2026-11-02T14:00:00.${String(i % 1000).padStart(3, '0')}Z","level":"info","service":"${service}","message":"${body}"}\n`
  }
  return text
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof WatchdeckError ? error.code : String(error)),
  )

test.runIf(canMount)(
  'a full disk ends an import with a hint; the engine answers on, and goes on when there is room',
  async () => {
    const dataDir = smallDisk(40) as string
    const files = tempFolder()
    const ballast = join(dataDir, 'ballast')
    {
      await using t = await openFolder(dataDir)
      const small = join(files, 'small.ndjson')
      writeFileSync(small, noise('small', 500))
      await t.client.call('import.run', { paths: [small] })
      const range = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
      const incident = await t.client.call('incidents.create', { title: 'x', severity: 'minor', range })
      writeFileSync(ballast, Buffer.alloc(24 * 2 ** 20))
      const large = join(files, 'large.ndjson')
      writeFileSync(large, noise('large', 200_000))
      const failed = await t.client.call('import.run', { paths: [large] }).catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: 'unavailable', hint: expect.stringContaining('Free some space') })
      // to the last byte: whoever writes now hears of it, whoever reads is answered
      fill(join(dataDir, 'rest'))
      for (let i = 0; i < 30; i++) {
        const code = await codeOf(
          t.client.call('incidents.note', { incident: incident.id, markdown: 'x'.repeat(20_000) }),
        )
        expect(['done', 'unavailable']).toContain(code)
      }
      expect(await codeOf(t.client.call('import.run', { paths: [large] }))).toBe('unavailable')
      const path = join(dataDir, 'x.watchdeck')
      expect(await codeOf(t.client.call('file.save', { incident: incident.id, path }))).toBe('unavailable')
      expect(await codeOf(t.client.call('system.backup', { path: join(dataDir, 'copy') }))).toBe('unavailable')
      expect((await t.client.call('logs.search', { range, limit: 5 })).table.rowCount).toBe(5)
      rmSync(ballast)
      rmSync(join(dataDir, 'rest'))
      // where not even the record of a failed import could be deleted, it can be now
      for (const { id, state } of (await t.client.call('sources.list', {})).sources)
        if (state === 'loading') await t.client.call('sources.remove', { id })
      await t.client.call('sources.purge', {})
      expect((await t.client.call('sources.list', {})).sources.map((source) => source.state)).toEqual(['ready'])
      await t.client.call('incidents.note', { incident: incident.id, markdown: 'room again' })
      await t.client.call('import.run', { paths: [small], source: 'again' })
      expect(await problemsOf(t)).toEqual([])
    }
    await using t = await openFolder(dataDir)
    expect(await problemsOf(t)).toEqual([])
  },
)

test.runIf(canMount)(
  'on a full disk clean-up, restore and opening a file are refused with a hint, and done when there is room',
  async () => {
    const dataDir = smallDisk(40) as string
    const files = tempFolder()
    {
      await using t = await openFolder(dataDir)
      const { client } = t
      const small = join(files, 'small.ndjson')
      writeFileSync(small, noise('small', 500))
      const { source } = await client.call('import.run', { paths: [small] })
      const range = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
      const incident = await client.call('incidents.create', { title: 'x', severity: 'minor', range })
      const [saved, copy] = [join(files, 'x.watchdeck'), join(files, 'copy')]
      await client.call('file.save', { incident: incident.id, path: saved })
      await client.call('system.backup', { path: copy })
      const rest = join(dataDir, 'rest')
      fill(rest)
      for (const work of [
        () => client.call('space.run', { items: [`source:${source}`], evenKept: true }),
        () => client.call('space.reclaim', { purge: true }),
        () => client.call('system.restore', { path: copy }),
        () => client.call('file.open', { path: saved }),
      ])
        expect(await work().catch((error: unknown) => error)).toMatchObject({
          code: 'unavailable',
          hint: expect.stringMatching(/^Free some/),
        })
      rmSync(rest)
      expect(await problemsOf(t)).toEqual([])
      expect((await client.call('space.status', {})).restoring).toBeUndefined()
      expect((await client.call('sources.list', {})).sources.map(({ state }) => state)).toEqual(['ready'])
      const { run, removed } = await client.call('space.run', { items: [`source:${source}`], evenKept: true })
      expect(removed).toEqual([`source:${source}`])
      expect(await client.call('space.undo', { run })).toMatchObject({ lost: [] })
      await client.call('file.open', { path: saved })
      await client.call('system.restore', { path: copy })
      await client.call('system.cancelRestore', {})
    }
    await using t = await openFolder(dataDir)
    expect(await problemsOf(t)).toEqual([])
  },
)

test.runIf(canMount)(
  'a place that may not be written is named by backup and save; a backup is put back from there',
  async () => {
    const place = smallDisk(40) as string
    await using t = await openFolder(tempFolder())
    const range = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
    const { id: incident } = await t.client.call('incidents.create', { title: 'x', severity: 'minor', range })
    const copy = join(place, 'copy')
    await t.client.call('system.backup', { path: copy })
    execFileSync('mount', ['-o', 'remount,ro', place])
    for (const work of [
      t.client.call('system.backup', { path: join(place, 'again') }),
      t.client.call('file.save', { incident, path: join(place, 'x.watchdeck') }),
    ])
      expect(await work.catch((error: unknown) => error)).toMatchObject({
        code: 'permission_denied',
        hint: expect.any(String),
      })
    await t.client.call('system.restore', { path: copy })
    expect((await t.client.call('space.status', {})).restoring?.createdAt).toMatch(/^20/)
  },
)

function fill(path: string): void {
  for (const size of [2 ** 20, 2 ** 14, 2 ** 12]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}

test('a data folder that may not be written is named, with what to do, and stays as it is', async () => {
  const asRoot = process.getuid?.() === 0
  const dataDir = asRoot && canMount ? (smallDisk(40) as string) : tempFolder()
  await runNode(CLI, ['call', 'system.ping', '--data-dir', dataDir])
  if (asRoot && canMount) execFileSync('mount', ['-o', 'remount,ro', dataDir])
  else if (!asRoot) chmodSync(dataDir, 0o500)
  else return
  onTestFinished(() => void (asRoot ? 0 : chmodSync(dataDir, 0o700)))
  const refused = await runNode(CLI, ['call', 'system.ping', '--data-dir', dataDir])
  const { error } = JSON.parse(refused.stderr) as { error: { code: string; message: string; hint: string } }
  expect([refused.code, refused.stdout, error.code, error.message]).toEqual([
    1,
    '',
    'permission_denied',
    'The data folder may not be written.',
  ])
  expect(error.hint).toContain('--data-dir')
})
