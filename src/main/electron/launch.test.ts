// What was meant by the words of a start.

import { expect, test } from 'vitest'
import { intentOfFile, LaunchQueue, readLaunch, readSecondStart } from './launch.ts'

test('an incident file is opened, other files are imported together, --demo makes the demo', () => {
  expect(readLaunch(['a.watchdeck', 'spans.json', '/var/log/x.log', '--demo'], '/home/me')).toEqual({
    intents: [
      { kind: 'open', path: '/home/me/a.watchdeck' },
      { kind: 'demo' },
      { kind: 'import', paths: ['/home/me/spans.json', '/var/log/x.log'] },
    ],
    dataDir: undefined,
  })
})

test("Chromium's switches are not ours, a file may be named like an option", () => {
  expect(readLaunch(['--enable-logging', '--inspect=1', '--', '--demo'], '/d').intents).toEqual([
    { kind: 'import', paths: ['/d/--demo'] },
  ])
})

test.each([['--data-dir', 'x'], ['--data-dir=x']])('the data folder is taken from %s', (...words) => {
  expect(readLaunch(words, '/d')).toEqual({ intents: [], dataDir: '/d/x' })
})

test('a file address is a file, any other address is nothing', () => {
  expect(
    readLaunch(['file:///d/my%20file.watchdeck', 'https://x/y.watchdeck', 'javascript:1', 'file://host/x', ''], '/d'),
  ).toEqual({ intents: [{ kind: 'open', path: '/d/my file.watchdeck' }], dataDir: undefined })
})

test('a double click opens or imports', () => {
  expect([intentOfFile('/a.WATCHDECK'), intentOfFile('/a.ndjson')]).toEqual([
    { kind: 'open', path: '/a.WATCHDECK' },
    { kind: 'import', paths: ['/a.ndjson'] },
  ])
})

test.each([null, 7, {}, { words: 'x', cwd: '/' }, { words: [] }])(
  'a second start that sends %j wants nothing',
  (data) => {
    expect(readSecondStart(data)).toEqual({ words: [], cwd: '/' })
  },
)

test('what is to be opened waits for a page, and goes to the page that listened last', () => {
  const queue = new LaunchQueue()
  const seen: unknown[] = []
  queue.push([{ kind: 'demo' }])
  const first = queue.listen((intent) => seen.push(['first', intent.kind]))
  queue.listen((intent) => seen.push(['second', intent.kind]))
  first()
  queue.push([{ kind: 'demo' }])
  expect(seen).toEqual([
    ['first', 'demo'],
    ['second', 'demo'],
  ])
})

test('without a page they wait again', () => {
  const queue = new LaunchQueue()
  const seen: string[] = []
  queue.listen(() => seen.push('gone'))()
  queue.push([{ kind: 'demo' }])
  queue.listen((intent) => seen.push(intent.kind))
  expect(seen).toEqual(['demo'])
})
