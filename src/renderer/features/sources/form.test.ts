// What a person fills in becomes a spec, and a kept spec the form again, without losing what the form does not show.
import { expect, test } from 'vitest'
import { type SourceSpec, zSourceSpec } from '../../../shared/contract/source-spec.ts'
import { type Draft, draftOf, EMPTY, headersOf, specOf, wrongOf } from './form.ts'

const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, name: 'prod', url: 'https://prom.example', ...more })
const spec = (more: Partial<SourceSpec>): SourceSpec => ({
  ...zSourceSpec.parse({ kind: 'prometheus', name: 'prod', url: 'https://prom.example' }),
  ...more,
})

test('headers, a client certificate and a token in a file become what the engine takes', () => {
  const made = specOf(
    draft({
      auth: 'file',
      tokenFile: ' /run/token ',
      headers: 'X-Team: payments\n\n X-Route:eu: west',
      cert: '/etc/me.pem',
      keyFile: '/etc/me.key',
    }),
    undefined,
  )
  expect(zSourceSpec.parse(made)).toMatchObject({
    auth: { type: 'bearer', token: { file: '/run/token' } },
    headers: { 'X-Team': 'payments', 'X-Route': 'eu: west' },
    tls: { cert: { file: '/etc/me.pem' }, key: { file: '/etc/me.key' } },
  })
})

test('what is kept is not shown, and stays as it was unless another is typed or it is taken away', () => {
  const before = spec({
    headers: { 'X-Team': { vault: 'headers.x-team' }, 'X-Other': { env: 'OTHER' } },
    tls: { cert: 'PEM', key: { vault: 'tls.key' }, passphrase: { vault: 'tls.passphrase' }, insecure: false },
    params: { dedup: 'true' },
  })
  const shown = draftOf(before)
  expect([shown.headers, shown.cert, shown.keyFile]).toEqual(['X-Team: ***\nX-Other: ***', 'PEM', ''])
  expect(specOf({ ...shown, cert: '-----BEGIN CERTIFICATE-----' }, before)).toMatchObject({
    headers: before.headers,
    tls: { cert: '-----BEGIN CERTIFICATE-----', key: { vault: 'tls.key' }, passphrase: { vault: 'tls.passphrase' } },
    params: { dedup: 'true' },
  })
  const other = specOf({ ...shown, headers: 'X-Team: checkout', cert: '' }, before)
  expect([other.headers, other.tls]).toEqual([{ 'X-Team': 'checkout' }, undefined])
})

test('a token from a file, a program or the vault comes back as what it was', () => {
  const bearer = (token: SourceSpec['auth'] & { type: 'bearer' }) => draftOf(spec({ auth: token }))
  expect(bearer({ type: 'bearer', token: { file: '/run/token' } })).toMatchObject({ auth: 'file', kept: false })
  expect(bearer({ type: 'bearer', token: { command: ['vault', 'read'] } })).toMatchObject({ auth: 'command' })
  expect(bearer({ type: 'bearer', token: { vault: 'auth.token' } })).toMatchObject({ auth: 'bearer', kept: true })
})

test('what is missing or is no header is said where it stands', () => {
  expect(headersOf('no colon')).toBeUndefined()
  expect(wrongOf(draft({ headers: 'no colon', auth: 'file', keyFile: '/etc/me.key' }))).toEqual({
    headers: 'header',
    tokenFile: 'needed',
    cert: 'needed',
  })
  expect(wrongOf(draft({}))).toEqual({})
  expect(headersOf('X-Team: a\nx-team: b')).toBeUndefined()
})

test('a kept header is known by its name in any case, and stars without one are no value', () => {
  const before = spec({ headers: { 'X-Team': { vault: 'headers.x-team' } } })
  const typed = draft({ headers: 'x-team: ***' })
  expect([wrongOf(typed, before.headers), specOf(typed, before).headers]).toEqual([
    {},
    { 'x-team': { vault: 'headers.x-team' } },
  ])
  expect(wrongOf(draft({ headers: 'X-Team: ***\nX-New: ***' }), before.headers)).toEqual({ headers: 'kept' })
  expect(wrongOf(draft({ headers: 'X-Team: ***' }))).toEqual({ headers: 'kept' })
})
