// Options of the command line: what cannot be meant is refused before anything starts.
import { expect, test } from 'vitest'
import { HELP, OPTIONS, parseArguments, portOf } from './args.ts'

test('a port is a whole number that TCP has', () => {
  const given = (...words: string[]) => portOf(parseArguments(['serve', ...words]))
  expect(given()).toBeUndefined()
  expect([given('--port', '0'), given('--port', '8080'), given('--port', '65535')]).toEqual([0, 8080, 65_535])
  for (const wrong of ['65536', '99999', '80.5', 'abc', ''])
    expect(() => given(`--port=${wrong}`), wrong).toThrow(expect.objectContaining({ code: 'invalid_input' }))
})

test('what every command takes may stand before it', () => {
  const brief = (...words: string[]) => {
    const args = parseArguments(words)
    return [args.command, args.words, args.text('data-dir'), args.text('lang')]
  }
  const meant = ['import', ['a.log'], 'd', 'en']
  expect(brief('--data-dir', 'd', '--lang=en', 'import', 'a.log')).toEqual(meant)
  expect(brief('--data-dir=d', 'import', 'a.log', '--lang', 'en')).toEqual(meant)
  // a folder of the name of a command
  expect(brief('--data-dir', 'import')).toEqual(['app', [], 'import', undefined])
  expect(brief('--data-dir', 'd', '--demo')).toEqual(['app', [], 'd', undefined])
  expect(brief('--data-dir', 'd', '--version')[0]).toBe('version')
  expect(() => brief('--data-dir', 'd', 'imprt', 'a.log')).toThrow('There is no command "imprt".')
})

test('the help names every option beside its command', () => {
  // the app and `open` are the server with a window: what they take stands at `serve`
  const { app: _app, open: _open, ...commands } = OPTIONS
  const missing = Object.entries(commands).flatMap(([command, options]) => {
    const said = HELP.split('\n').filter((line) => line.startsWith(`  watchdeck ${command} `))
    const names = Object.entries(options).map(([name, { short }]) => (short === undefined ? `--${name}` : `-${short}`))
    return names.filter((name) => !said.some((line) => line.includes(name))).map((name) => `${command} ${name}`)
  })
  expect(missing).toEqual([])
})
