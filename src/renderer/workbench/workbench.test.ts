// The rules of the workbench: addresses, time, filters, keys.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asEpochNs, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Command } from './commands.ts'
import { logQueryOf, spanFilterOf, withFilter } from './filters.ts'
import { createKeymap, type KeyPress } from './keymap.ts'
import { matchScore } from './match.ts'
import { formatPlace, movedPlace, type Param, parsePlace } from './place.ts'
import { parseTypedRange, rangeLabel, shifted, zoomed } from './time-range.ts'

const param: fc.Arbitrary<Param> = fc.letrec<{ value: Param }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.constantFrom('1', 'true', '{', '007', '-1', '1e3', 'null', '"'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value
const filter = fc.record({ field: fc.string({ minLength: 1 }), value: fc.string(), exclude: fc.boolean() })

test('a place comes back from its address exactly', () => {
  fc.assert(
    fc.property(
      fc.record({
        view: fc.stringMatching(/^[a-z]{1,8}$/),
        path: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
        params: fc.dictionary(fc.stringMatching(/^p[a-z]{0,4}$/), param, { maxKeys: 4, noNullPrototype: true }),
        range: fc.option(fc.record({ from: fc.string(), to: fc.string() }), { nil: undefined }),
        sources: fc.option(fc.array(fc.stringMatching(/^[\w-]{1,8}$/), { maxLength: 3 }), { nil: undefined }),
        filters: fc.array(filter, { maxLength: 3 }),
      }),
      (place) => {
        expect(parsePlace(formatPlace(place))).toEqual(place)
      },
    ),
  )
})

test('an address that is nonsense still opens', () => {
  fc.assert(fc.property(fc.string(), (text) => void parsePlace(`#${text}`)))
  expect(parsePlace('')).toEqual({
    view: 'start',
    path: [],
    params: {},
    range: undefined,
    sources: undefined,
    filters: [],
  })
})

const at = (text: string) => asEpochNs(tryParseRfc3339(text) ?? 0n)
const HOUR = { from: at('2026-11-02T14:00:00Z'), to: at('2026-11-02T15:00:00Z') }

test('time moves by halves', () => {
  expect(shifted(HOUR, -1)).toEqual({ from: at('2026-11-02T13:30:00Z'), to: at('2026-11-02T14:30:00Z') })
  expect(zoomed(HOUR, 'in')).toEqual({ from: at('2026-11-02T14:15:00Z'), to: at('2026-11-02T14:45:00Z') })
  expect(zoomed(HOUR, 'out')).toEqual({ from: at('2026-11-02T13:30:00Z'), to: at('2026-11-02T15:30:00Z') })
})

test('what a move leaves as it was keeps its identity, so that only what changed is drawn again', () => {
  const before = parsePlace('#/metrics?from=now-1h&to=now&src=a&f=service%3Dpay&lanes=[{"q":"up"}]&marks=false')
  const after = movedPlace(before, parsePlace(formatPlace({ ...before, range: { from: 'now-2h', to: 'now' } })))
  expect(after.range).toEqual({ from: 'now-2h', to: 'now' })
  expect(
    [after.params, after.sources, after.filters].map(
      (part, i) => part === [before.params, before.sources, before.filters][i],
    ),
  ).toEqual([true, true, true])
  const marked = movedPlace(before, { ...before, params: { lanes: [{ q: 'up' }], marks: true } })
  expect(marked.params['marks']).toBe(true)
  expect(marked.params['lanes']).toBe(before.params['lanes'])
  expect(movedPlace(before, { ...before, sources: undefined, params: {} })).toMatchObject({
    sources: undefined,
    params: {},
  })
})

test('a typed range is read, and a shown one reads back', () => {
  const now = at('2026-11-02T18:00:00Z')
  const read = (text: string) => parseTypedRange(text, 'UTC', now)
  expect(
    [
      '15m',
      '14:00 - 16:00',
      'now-2h .. now-1h',
      '2026-11-01 23:00 to 2026-11-02 01:00',
      'nonsense',
      '16:00 - 14:00',
    ].map(read),
  ).toEqual([
    { from: 'now-15m', to: 'now' },
    { from: '2026-11-02T14:00:00.000000000Z', to: '2026-11-02T16:00:00.000000000Z' },
    { from: 'now-2h', to: 'now-1h' },
    { from: '2026-11-01T23:00:00.000000000Z', to: '2026-11-02T01:00:00.000000000Z' },
    undefined,
    undefined,
  ])
  expect(read(rangeLabel(HOUR, 'UTC'))).toEqual({
    from: '2026-11-02T14:00:00.000000000Z',
    to: '2026-11-02T15:00:00.000000000Z',
  })
})

test('filters turn into the inputs of traces and logs; the opposite replaces', () => {
  const pay = { field: 'service', value: 'pay', exclude: false }
  expect(withFilter([pay], { ...pay, exclude: true })).toEqual([{ ...pay, exclude: true }])
  const filters = [
    pay,
    { field: 'http.method', value: 'GET', exclude: true },
    { field: 'level', value: 'error', exclude: false },
  ]
  expect(spanFilterOf(filters)).toEqual({ service: 'pay', attributes: { 'http.method': '!GET' } })
  expect(logQueryOf(filters, 'timeout OR slow')).toBe('(timeout OR slow) service:pay -http.method:GET level:error')
})

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  typing: false,
  keyCode: 0,
  ...more,
})
const command = (id: string, ...keys: string[]): Command => ({ id, title: 'ui.close', keys, run: () => undefined })

test('keys, chords and sequences find their command; typing and composing do not', () => {
  const commands = [command('traces', 'g t'), command('range', 't'), command('palette', 'Mod+k'), command('help', '?')]
  const map = createKeymap(false)
  const run = (p: KeyPress, now = 0) => map.press(p, commands, now).command?.id
  expect([run(press('g')), run(press('t'), 500)]).toEqual([undefined, 'traces'])
  expect([run(press('g')), run(press('t'), 5000)]).toEqual([undefined, 'range'])
  expect(run(press('?', { shiftKey: true }))).toBe('help')
  expect(run(press('k', { ctrlKey: true, typing: true }))).toBe('palette')
  expect(run(press('t', { typing: true }))).toBeUndefined()
  expect(run(press('t', { isComposing: true }))).toBeUndefined()
  expect(run(press('t', { keyCode: 229 }))).toBeUndefined()
  expect(createKeymap(true).press(press('k', { metaKey: true }), commands, 0).command?.id).toBe('palette')
})

test('the palette prefers word starts', () => {
  const labels = ['Go to traces', 'Traces', 'Retrace steps', 'Metrics']
  expect(
    labels
      .map((l) => [l, matchScore(l, 'tra')] as const)
      .filter(([, s]) => s > 0)
      .sort((a, b) => b[1] - a[1])
      .map(([l]) => l),
  ).toEqual(['Traces', 'Go to traces', 'Retrace steps'])
})
