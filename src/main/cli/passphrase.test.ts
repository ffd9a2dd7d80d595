// A passphrase typed at a terminal.

import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Terminal, withPassphrase } from './passphrase.ts'

function terminal(isTTY: boolean): Terminal & { type(text: string): void; shown(): string; raw: boolean[] } {
  const input = new PassThrough()
  const output = new PassThrough()
  const raw: boolean[] = []
  const tty = Object.assign(input, { isTTY, setRawMode: (on: boolean) => void raw.push(on) })
  let shown = ''
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  return {
    input: tty,
    output,
    language: 'en',
    raw,
    shown: () => shown,
    type: (text) => void input.write(text),
  }
}

const needs = (right: string) => async (given: string | undefined) => {
  if (given === right) return 'open'
  throw new WatchdeckError('unauthenticated', 'The passphrase of the incident file is wrong.')
}

test('the right one at once; what is typed stays hidden and the terminal is given back', async () => {
  const desk = terminal(true)
  desk.type('righx\u007ft\r')
  expect(await withPassphrase(needs('right'), desk, '')).toBe('open')
  expect([desk.raw, desk.shown()]).toEqual([[true, false], 'Passphrase of the incident file: \n'])
})

test('Ctrl-C leaves', async () => {
  const desk = terminal(true)
  desk.type('ri\u0003')
  await expect(withPassphrase(needs('right'), desk, '')).rejects.toMatchObject({ code: 'cancelled' })
})

test('a script gives it by the environment, and nobody is asked where nobody sits', async () => {
  expect(await withPassphrase(needs('right'), terminal(false), 'right')).toBe('open')
  await expect(withPassphrase(needs('right'), terminal(false), 'wrong')).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})
