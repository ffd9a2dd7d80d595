import { expect, test } from 'vitest'
import { tellingNames } from './names.ts'

test('a name alone where it is the only one, with its folder or archive where it is not', () => {
  const paths = [
    '/up/a.zip/logs/api.log',
    '/up/b.zip/logs/api.log',
    '/up/web.log',
    'C:\\up\\c.tar\\api.log',
    '/up/web.log',
  ]
  expect(paths.map((path) => tellingNames(paths).get(path))).toEqual([
    'a.zip/logs/api.log',
    'b.zip/logs/api.log',
    '/up/web.log',
    'c.tar/api.log',
    '/up/web.log',
  ])
  expect(tellingNames(['/up/web.log', '/up/api.log']).get('/up/web.log')).toBe('web.log')
})
