import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { errorDetails } from './error-details.ts'

const where = {
  hash: '#/logs/4bf92f3577b34da6?from=2026-11-02T14:44:00Z&to=now&f=service=checkout&q=user.email:ana@shop.example&src=demo-1',
  agent: 'Mozilla/5.0 Chrome/140',
  program: 'index-4fa2c0.js',
}

function thrown(make: () => unknown): Error {
  try {
    make()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

test('the address is told by the names of its parts alone', () => {
  const text = errorDetails(new Error('x'), where)
  expect(text).toContain('view logs, 1 more in its path, with from, to, f, q, src')
  for (const secret of ['4bf9', '2026', 'checkout', 'ana@shop', 'demo-1', 'email']) expect(text).not.toContain(secret)
})

test('a parameter that somebody made up for a link is not told by name', () => {
  const text = errorDetails(new Error('x'), { ...where, hash: '#/ana@shop.example?ana%40shop.example=1&__proto__=2' })
  expect(text).toContain('view ?, with ?')
  expect(text).not.toContain('ana')
})

test('messages that quote data are left out, those of the language stay', () => {
  const quoting = [
    () => JSON.parse('{"token": hunter2}'),
    () => BigInt('4111 1111 1111 1111'),
    () => new Intl.DateTimeFormat('en', { timeZone: 'hunter2' }),
    () => {
      throw new Error('no such service: hunter2')
    },
  ]
  for (const make of quoting) {
    const text = errorDetails(thrown(make), where)
    expect(text).not.toMatch(/hunter2|4111/)
    expect(text).toContain('message left out')
  }
  const row: { cells?: { hunter2: number } } = {}
  const text = errorDetails(
    thrown(() => (row.cells as { hunter2: number }).hunter2),
    where,
  )
  expect(text).toContain('TypeError: Cannot read properties of undefined')
  expect(text).not.toContain('hunter2')
})

test('an expected failure is told by its code, never by its text, hint or details', () => {
  const error = new WatchdeckError('not_found', 'There is no trace hunter2.', {
    hint: 'Look for hunter2.',
    messageKey: 'traces.none',
    details: { id: 'hunter2' },
  })
  const text = errorDetails(error, where)
  expect(text).toContain('WatchdeckError: not_found, traces.none')
  expect(text).not.toContain('hunter2')
})

test('frames keep function, file and place, not folders, hosts or tokens', () => {
  const error = new TypeError('Cannot read properties of null')
  error.stack = [
    'TypeError: Cannot read properties of null (reading "hunter2")',
    '    at WarRoom (http://127.0.0.1:40123/assets/WarRoom-x1.js:12:345)',
    '    at http://127.0.0.1:40123/assets/index-4fa2.js?token=hunter2:9:1',
    '    at Object.map (file:///home/ana/watchdeck/out/renderer/a.js:3:4)',
    'render@http://127.0.0.1:40123/assets/firefox.js:7:8',
    'free text with hunter2',
  ].join('\n')
  const text = errorDetails(error, where, '\n    at Panel (http://127.0.0.1:40123/assets/Panel.js:1:2)')
  expect(text).toContain('  at WarRoom WarRoom-x1.js:12:345')
  expect(text).toContain('  at Object.map a.js:3:4')
  expect(text).toContain('  at render firefox.js:7:8')
  expect(text).toContain('components:\n  at Panel Panel.js:1:2')
  expect(text).not.toMatch(/hunter2|ana|127\.0\.0\.1|40123/)
})

test('whatever a message, an address or a stack holds, what was planted there is not told', () => {
  const secret = 'SECRET9f3'
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
      const error = new Error(`${a}${secret}${b}`)
      error.stack = `${error.message}\n${c} ${secret} ${a}\n   at f (http://x/${secret}/y.js:1:2)`
      const hash = `#/logs/${encodeURIComponent(a + secret)}?q=${encodeURIComponent(secret + b)}&f=service=${secret}`
      expect(errorDetails(error, { ...where, hash })).not.toContain(secret)
    }),
  )
})
