// What YAML of other programs is read as, and that it may not grow.
import { expect, test } from 'vitest'
import { parseYaml } from './yaml.ts'

test('scalars are what YAML 1.2 says: no is a text, times stay texts, large numbers are numbers', () => {
  const text = [
    'a: no',
    'b: 2025-11-02T13:26:40Z',
    'c: "2025-11-02"',
    'd: 0o17',
    'e: 1e3',
    'f: ~',
    'g: |\n  two\n  lines',
    'h: >-\n  folded\n  text',
    "i: 'it''s'",
    'j: "\\u00e9\\n"',
    'k: {x: [1, true]}',
    'l: 007a',
    'm: .inf',
    '"quoted: key": 1',
    'n:',
    '- 1'.padStart(3),
  ]
  expect(parseYaml(text.join('\n'))).toEqual({
    a: 'no',
    b: '2025-11-02T13:26:40Z',
    c: '2025-11-02',
    d: 15,
    e: 1000,
    f: null,
    g: 'two\nlines\n',
    h: 'folded text',
    i: "it's",
    j: 'é\n',
    k: { x: [1, true] },
    l: '007a',
    m: Infinity,
    'quoted: key': 1,
    n: [1],
  })
  for (const nothing of ['', ' \n', '# a\n\n  # b', '#'.repeat(200)]) expect(parseYaml(nothing)).toBeNull()
})

test('a key of any name is only a key', () => {
  const value = parseYaml('__proto__:\n  polluted: true\nconstructor: 1') as object
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
  expect('polluted' in {}).toBe(false)
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})

test('JSON is YAML', () => {
  const value = { a: [1, 'x: y', null, { b: '# no comment', c: '\t"\\' }] }
  expect(parseYaml(JSON.stringify(value, null, 2))).toEqual(value)
})

test('what grows by its aliases, is nested without end, names a key twice or runs something is refused', () => {
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [*${'abcdefg'[i]}, *${'abcdefg'[i]}]`),
  ]
  for (const text of [
    bomb.join('\n'),
    '['.repeat(5000) + ']'.repeat(5000),
    'a: 1\na: 2',
    'a: !!js/function "x"',
    'a: [',
    '\t- x',
  ])
    expect(() => parseYaml(text)).toThrow()
  expect(parseYaml('a: &x {n: 1}\nb: *x')).toEqual({ a: { n: 1 }, b: { n: 1 } })
  expect(() => parseYaml(`a: &x {n: 1}\nb: *x\nc: "${'x'.repeat(1_000_000)}"`)).toThrow(/alias/)
})
