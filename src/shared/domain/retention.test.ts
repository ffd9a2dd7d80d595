// What goes by age, what goes for want of room and in which order, and that nothing of an incident goes.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseWhatGoes, diskState, GB, type Removable, REMOVABLE_KINDS, type RetentionRules } from './retention.ts'

const DAY = 86_400_000_000_000n
const NOW = 1_000n * DAY
const NEVER = { import: null, demo: null, received: null, copy: null, unpacked: null, crash: null }
const rules = (fields: Partial<RetentionRules>): RetentionRules => ({ maxGb: null, days: NEVER, ...fields })
const thing = (id: string, fields: Partial<Removable> = {}): Removable => ({
  id,
  kind: 'import',
  bytes: GB,
  since: NOW - 10n * DAY,
  keptBy: [],
  ...fields,
})

test('a thing goes on the day its kind allows, not before; without a rule it never goes', () => {
  const things = [thing('a'), thing('b', { kind: 'demo' }), thing('c', { since: NOW - 10n * DAY + 1n })]
  const chosen = chooseWhatGoes(things, rules({ days: { ...NEVER, import: 10 } }), 3 * GB, NOW)
  expect([...chosen.chosen]).toEqual([['a', 'age']])
})

test('for want of room what can be had again goes first, then the oldest; no more than is needed', () => {
  const things = [
    thing('new import', { since: NOW }),
    thing('old import'),
    thing('demo', { kind: 'demo', since: NOW }),
    thing('unpacked', { kind: 'unpacked', since: NOW }),
  ]
  const go = (maxGb: number) => [...chooseWhatGoes(things, rules({ maxGb }), 4 * GB, NOW).chosen.keys()]
  expect(go(4)).toEqual([])
  expect(go(3)).toEqual(['unpacked'])
  expect(go(1.5)).toEqual(['unpacked', 'demo', 'old import'])
})

test('what an incident speaks of stays, and what is then too much is told', () => {
  const things = [thing('kept', { keptBy: ['INC-1'] }), thing('free')]
  const { chosen, over } = chooseWhatGoes(things, rules({ maxGb: 0.5, days: { ...NEVER, import: 1 } }), 2 * GB, NOW)
  expect([...chosen]).toEqual([['free', 'age']])
  expect(over).toBe(0.5 * GB)
})

test('whatever the rules: nothing kept is chosen, and room is not made twice over', () => {
  const things = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1 }),
      kind: fc.constantFrom(...REMOVABLE_KINDS),
      bytes: fc.integer({ min: 0, max: 5 * GB }),
      since: fc.bigInt({ min: 0n, max: NOW }),
      keptBy: fc.constantFrom([], [], ['INC-1']),
    }),
    { selector: ({ id }) => id },
  )
  fc.assert(
    fc.property(things, fc.double({ min: 0.1, max: 20, noNaN: true }), (all, maxGb) => {
      const used = all.reduce((sum, { bytes }) => sum + bytes, 0)
      const { chosen, over } = chooseWhatGoes(all, rules({ maxGb }), used, NOW)
      const gone = all.filter(({ id }) => chosen.has(id))
      expect(gone.filter(({ keptBy }) => keptBy.length > 0)).toEqual([])
      const freed = gone.reduce((sum, { bytes }) => sum + bytes, 0)
      if (over > 0) expect(gone.length).toBe(all.filter((t) => t.keptBy.length === 0 && t.bytes > 0).length)
      else if (gone.length > 0)
        expect(used - freed + Math.max(...gone.map(({ bytes }) => bytes))).toBeGreaterThan(maxGb * GB)
    }),
  )
})

test('a disk is low before it is full, judged by its share where it is small', () => {
  expect(diskState(200 * GB, 500 * GB)).toBe('ok')
  expect(diskState(4 * GB, 500 * GB)).toBe('low')
  expect(diskState(0.4 * GB, 500 * GB)).toBe('critical')
  expect(diskState(3 * GB, 10 * GB)).toBe('ok')
  expect(diskState(0.9 * GB, 10 * GB)).toBe('low')
  expect(diskState(0.2 * GB, 10 * GB)).toBe('critical')
  expect(diskState(0, 0)).toBe('ok')
})
