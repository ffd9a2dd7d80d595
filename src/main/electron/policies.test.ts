// What a window may do, asked by those who want more.

import { expect, test } from 'vitest'
import {
  draggable,
  externalUrl,
  isOwnPage,
  mayNavigate,
  mayUse,
  protects,
  RestartBudget,
  saveName,
  trustSender,
} from './policies.ts'

const HOSTILE = [
  'watchdeck://app.evil/',
  'watchdeck://evil/',
  'watchdeck://app@evil/',
  'watchdeck://user:x@app/',
  'watchdeck:app',
  'watchdeck2://app/',
  'https://app/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'blob:watchdeck://app/1',
  'about:blank',
  '',
  'x',
  'view-source:watchdeck://app/',
]

test.each(HOSTILE)('%s is not our page, is not navigated to, gets no permission', (url) => {
  expect([isOwnPage(url), mayNavigate(url), mayUse('clipboard-sanitized-write', url)]).toEqual([false, false, false])
})

test('our page may be loaded again, and nothing else of its host', () => {
  expect(mayNavigate('watchdeck://app/index.html#/traces')).toBe(true)
  expect(mayNavigate('watchdeck://app/')).toBe(true)
  expect(mayNavigate('watchdeck://app/assets/x.js')).toBe(false)
})

test('only plain web links leave for the browser', () => {
  expect(externalUrl('https://grafana.example/d/1?x=2')).toBe('https://grafana.example/d/1?x=2')
  for (const url of [
    'file:///etc/passwd',
    'javascript:x',
    'https://user:pw@host/',
    'smb://host/x',
    'ms-settings:',
    'watchdeck://app/',
    'x',
  ])
    expect(externalUrl(url)).toBeUndefined()
})

test('a page may write the clipboard and nothing more', () => {
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'hid',
    'serial',
    'constructor',
  ])
    expect(mayUse(permission, 'watchdeck://app/')).toBe(false)
  expect(mayUse('clipboard-sanitized-write', 'watchdeck://app/')).toBe(true)
})

test('only the top frame of our page is listened to', () => {
  expect(trustSender({ url: 'watchdeck://app/index.html', parent: null })).toBe(true)
  expect(trustSender({ url: 'watchdeck://app/index.html', parent: {} })).toBe(false)
  expect(trustSender({ url: 'https://evil/', parent: null })).toBe(false)
  expect(trustSender(null)).toBe(false)
})

test('an engine that keeps crashing is started three times a minute, later each time', () => {
  let now = 0
  const budget = new RestartBudget(() => now)
  expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([250, 1000, 4000, undefined])
  now = 60_001
  expect(budget.take()).toBe(250)
})

test('only an incident file that is there leaves by dragging', () => {
  const there = () => true
  expect(draggable('/home/me/a.watchdeck', there)).toBe('/home/me/a.watchdeck')
  expect(draggable('/home/me/a.watchdeck', () => false)).toBeUndefined()
  for (const path of [
    'a.watchdeck',
    '../a.watchdeck',
    '/etc/passwd',
    '/a.watchdeck\0.txt',
    '',
    7,
    null,
    {},
    ['/a.watchdeck'],
  ])
    expect(draggable(path, there)).toBeUndefined()
})

test('a name to save under is a name and nothing else', () => {
  expect(saveName('INC-3 Checkout: errors')).toBe('INC-3 Checkout- errors.watchdeck')
  expect(saveName('../../etc/passwd')).toBe('etc-passwd.watchdeck')
  expect(saveName('a.watchdeck')).toBe('a.watchdeck')
  for (const name of ['', '...', '/', '\u202e', '\n', 7, null, {}]) expect(saveName(name)).toBe('incident.watchdeck')
  expect(saveName('x'.repeat(500)).length).toBe(130)
})

test('a keychain counts only where it protects', () => {
  const [fixed, keyring] = [Buffer.from('v10abc'), Buffer.from('v11abc')]
  expect(protects('darwin', true, undefined, undefined)).toBe(true)
  expect(protects('win32', true, undefined, undefined)).toBe(true)
  expect(protects('linux', true, 'gnome_libsecret', keyring)).toBe(true)
  for (const platform of ['darwin', 'win32', 'linux'] as const)
    expect(protects(platform, false, 'gnome_libsecret', keyring)).toBe(false)
  for (const backend of ['basic_text', 'unknown', undefined])
    expect(protects('linux', true, backend, keyring)).toBe(false)
  expect(protects('linux', true, 'gnome_libsecret', fixed)).toBe(false)
  expect(protects('linux', true, 'kwallet6', undefined)).toBe(false)
})
