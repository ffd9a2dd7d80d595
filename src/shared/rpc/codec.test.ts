import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnFromValues, type Frame } from '../frame/frame.ts'
import { decodeValue, encodeValue } from './codec.ts'
import { CLIENT_LIMITS } from './limits.ts'

const buffers = fc.oneof(
  fc.float64Array(),
  fc.int32Array(),
  fc.uint8Array(),
  fc.uint32Array(),
  fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((list) => BigInt64Array.from(list)),
)
const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null), buffers)
const keys = fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'constructor', 'v', 'rowCount', 'columns'))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(keys, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))

test('any value of numbers, text, buffers, lists and objects comes back as it was, at any alignment', () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: 0, max: 9 }), (value, shift) => {
      const bytes = encodeValue(value, CLIENT_LIMITS)
      const moved = new Uint8Array(bytes.length + shift)
      moved.set(bytes, shift)
      expect(decodeValue(moved.subarray(shift), CLIENT_LIMITS)).toEqual(value)
    }),
    { numRuns: 500 },
  )
})

test('what only resembles a table travels as the object that it is', () => {
  for (const value of [
    { rowCount: 0, columns: [], note: 'kept' },
    { rowCount: 1.5, columns: [] },
    { rowCount: -1, columns: [] },
    { rowCount: 1, columns: [{ storage: 'paper', length: 1 }] },
  ])
    expect(decodeValue(encodeValue(value, CLIENT_LIMITS), CLIENT_LIMITS)).toEqual(value)
})

test('any change of the bytes of a table is refused or gives a table, never a crash', () => {
  const words = Array.from({ length: 20 }, (_, i) => `word ${i % 3}`)
  const frame: Frame = {
    rowCount: 20,
    columns: [
      columnFromValues({ name: 'a', type: 'string' }, words),
      columnFromValues({ name: 'b', type: 'json' }, words),
      columnFromValues(
        { name: 'c', type: 'time' },
        words.map((_, i) => BigInt(i)),
      ),
    ],
  }
  const bytes = encodeValue(frame, CLIENT_LIMITS)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const damaged = bytes.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        try {
          decodeValue(damaged, CLIENT_LIMITS)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(corrupt|limit_exceeded)$/) })
        }
      },
    ),
    { numRuns: 3000 },
  )
})

test('what is too deep, too large or cannot travel is refused when it is sent', () => {
  let deep: unknown = 1
  for (let i = 0; i < 1000; i++) deep = [deep]
  const loop: unknown[] = []
  loop.push(loop)
  for (const value of [deep, loop]) expect(() => encodeValue(value, CLIENT_LIMITS)).toThrow(/nested too deep/)
  expect(() => encodeValue(new Uint8Array(2000), { ...CLIENT_LIMITS, messageBytes: 1000 })).toThrow(/too large/)
  for (const value of [() => 1, Symbol('a'), new Map(), new Date(0), new DataView(new ArrayBuffer(1))])
    expect(() => encodeValue(value, CLIENT_LIMITS)).toThrow(/cannot travel/)
})
