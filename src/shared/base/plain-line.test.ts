// Markdown as words alone.
import { expect, test } from 'vitest'
import { plainLine } from './plain-line.ts'

test('marks go, words and what only looks like a mark stay', () => {
  expect(
    [
      'Checkout waits for **payment**, see [the chart](https://a.example/x) and `kubectl get po`',
      '## Rolled *back*',
      '- 3 * 4 * 5 is **not closed',
      'snake_case_name, __bold__ and a*b*c',
      '1. 回滚 **payment**',
      '[x](javascript:alert(1)) and [y](https://a.example/b_(c))',
    ].map(plainLine),
  ).toEqual([
    'Checkout waits for payment, see the chart and kubectl get po',
    'Rolled back',
    '3 * 4 * 5 is **not closed',
    'snake_case_name, bold and a*b*c',
    '回滚 payment',
    'x and y',
  ])
  expect(plainLine('**a '.repeat(10_000)).length).toBeLessThan(501)
})
