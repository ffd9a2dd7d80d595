// Keys that a person gave to commands.
import { expect, test } from 'vitest'
import { conflictsOf, withOwnKeys } from './own-keys.ts'

const command = (id: string, keys?: readonly string[]) => ({
  id,
  title: 'app.view.help' as const,
  run: () => {},
  ...(keys ? { keys } : {}),
})

test('given keys stand in the place of a command’s own; none at all is possible; unknown names change nothing', () => {
  const refresh = command('refresh', ['r'])
  expect(withOwnKeys(refresh, {})).toBe(refresh)
  expect(withOwnKeys(refresh, { refresh: ['Mod+r'] }).keys).toEqual(['Mod+r'])
  expect(withOwnKeys(refresh, { refresh: [] }).keys).toEqual([])
  expect(withOwnKeys(command('toString', ['x']), {}).keys).toEqual(['x'])
})

test('the same keys, and a key that begins a sequence, are conflicts', () => {
  const all = [
    command('a', ['g t']),
    command('b', ['g']),
    command('c', ['g t', 'x']),
    command('d', ['t']),
    command('e'),
  ]
  const [a, b, , d] = all
  expect(a && conflictsOf(a, all).map(({ id }) => id)).toEqual(['b', 'c'])
  expect(b && conflictsOf(b, all).map(({ id }) => id)).toEqual(['a', 'c'])
  expect(d && conflictsOf(d, all)).toEqual([])
})
