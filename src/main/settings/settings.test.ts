// Settings: each acts at once, a wrong one is refused, and what was changed goes back.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof WatchdeckError ? `${error.code}: ${error.message}` : error),
  )

test('what was changed is told from the defaults, goes back one by one or all at once, and comes back by an undo', async () => {
  await using t = await startTestEngine()
  const defaults = await t.client.call('settings.defaults', {})
  expect(await t.client.call('settings.get', {})).toEqual(defaults)
  await t.client.call('settings.set', { bytes: 'si', density: 'compact', tour: 'done' })
  expect(await t.client.call('settings.reset', { names: ['bytes'] })).toMatchObject({
    bytes: 'iec',
    density: 'compact',
  })
  // the undo of a reset is a set
  expect(await t.client.call('settings.set', { bytes: 'si' })).toMatchObject({ bytes: 'si' })
  expect(await t.client.call('settings.reset', {})).toEqual({ ...defaults, tour: 'done' })
})

test('memory and threads of the store follow at once, and are kept for the next start', async () => {
  await using t = await startTestEngine()
  const limits = () =>
    t.stores.telemetry.rows(`SELECT current_setting('memory_limit') AS m, current_setting('threads')::INTEGER AS t`, [])
  await t.client.call('settings.set', { memoryMiB: 640, threads: 3 })
  expect(await limits()).toEqual([{ m: '640.0 MiB', t: 3 }])
  await t.client.call('settings.set', { memoryMiB: 700 })
  expect(await limits()).toEqual([{ m: '700.0 MiB', t: 3 }])
  expect(await failure(t.client.call('settings.set', { memoryMiB: 1 }))).toMatch(/^invalid_input/)
})

test('rules of one’s own take part in redaction; patterns that cannot be used are refused with the reason', async () => {
  await using t = await startTestEngine()
  await t.client.call('settings.set', {
    redactionRules: ['email'],
    ownRedaction: [
      { name: 'order', pattern: 'ORD-[0-9]{6}' },
      { name: 'host', pattern: '[a-z]+\\.corp', on: false },
    ],
  })
  const shown = await t.client.call('settings.redaction', { text: 'ORD-123456 of ana@shop.example on db.corp' })
  expect(shown.matches.map(({ rule, before }) => [rule, before])).toEqual([
    ['order', 'ORD-123456'],
    ['email', 'ana@shop.example'],
  ])
  expect(shown.text).toMatch(/^<order:[0-9a-f]{10}> of <email:[0-9a-f]{10}> on db\.corp$/)
  expect(shown.rules.slice(0, 2)).toEqual([
    { rule: 'order', pattern: 'ORD-[0-9]{6}' },
    { rule: 'host', pattern: '[a-z]+\\.corp' },
  ])
  for (const [pattern, why] of [
    ['(', 'cannot be used'],
    ['(?=x)x', 'cannot be used'],
    ['(a)\\1', 'cannot be used'],
    ['(?<n>a)', 'cannot be used'],
    ['x*', 'matches nothing'],
  ] as const)
    expect(await failure(t.client.call('settings.set', { ownRedaction: [{ name: 'bad', pattern }] })), pattern).toMatch(
      new RegExp(`^invalid_input: .*${why}`, 's'),
    )
  expect((await t.client.call('settings.get', {})).ownRedaction).toHaveLength(2)
  // it would never end, were it tried in every way
  const own = [{ name: 'nested', pattern: '(?:a|aa)+b' }]
  expect((await t.client.call('settings.redaction', { text: `${'a'.repeat(9000)} aab`, own })).matches).toMatchObject([
    { rule: 'nested', before: 'aab' },
  ])
})

test('keys and zones are checked', async () => {
  await using t = await startTestEngine()
  const keymap = { refresh: ['Mod+Shift+r', 'g r'], 'range.in': [], 'go.traces': ['ü'] }
  expect(await t.client.call('settings.set', { keymap })).toMatchObject({ keymap })
  for (const keys of ['', 'a b c', 'Mod+', 'strg+k', 'Mod+kk'])
    expect(await failure(t.client.call('settings.set', { keymap: { refresh: [keys] } })), keys).toMatch(
      /^invalid_input/,
    )
  expect(await failure(t.client.call('settings.set', { incidentZones: { a: 'Mars/Olympus' } }))).toMatch(
    /^invalid_input/,
  )
})
