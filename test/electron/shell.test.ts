// The Electron shell: its built main process, preload and engine, with a stand-in for `electron` (no binary is needed).
// What is seen here is our side of every call; what Electron does with it is not.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../scripts/lib/out.ts'
import { lockDataDir } from '../../src/main/engine/lock.ts'
import { openPage, PAGE, type StandIn, startStandIn, until } from './stand-in/harness.ts'

let standIn: StandIn

beforeAll(async () => {
  expect(await ensureBuilt()).toBe(true)
  standIn = await startStandIn()
}, 120_000)

afterAll(() => standIn[Symbol.asyncDispose]())

test('the window is sandboxed, isolated, without Node, and on our page', async () => {
  const { windows, sandboxed } = await standIn.state()
  const [window] = windows
  expect(sandboxed).toBe(true)
  expect(windows.length).toBe(1)
  expect(window?.url).toBe(PAGE)
  expect(window?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

test('the scheme is a secure origin that cannot bypass the policy', async () => {
  const { schemes } = await standIn.state()
  expect(schemes.map((s) => s.scheme)).toEqual(['watchdeck'])
  expect(schemes[0]?.privileges).toMatchObject({ standard: true, secure: true })
  expect(schemes[0]?.privileges['bypassCSP']).toBeUndefined()
})

test('copy, paste and quit are in the menu', async () => {
  const { menu } = await standIn.state()
  expect(menu).toMatchObject([
    { role: 'fileMenu', label: 'File' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    { role: 'help' },
  ])
})

test('the preload exposes six functions and nothing else', () => {
  const page = openPage(standIn)
  expect(Object.keys(page.exposed)).toEqual(['watchdeck'])
  expect(Object.keys(page.bridge).sort()).toEqual([
    'chooseSave',
    'drag',
    'onOpen',
    'pathForFile',
    'requestPort',
    'speak',
  ])
  expect(page.bridge.pathForFile(new File([], 'spans.json'))).toBe('/dropped/spans.json')
})

test('one request gives exactly one port, and the engine answers over it', async () => {
  const page = openPage(standIn)
  using client = page.connect()
  const info = await client.call('system.info', {})
  const [engine] = (await standIn.state()).engines
  expect([info.shell, info.dataDir, info.pid]).toEqual(['electron', standIn.dataDir, engine?.pid])
  expect(page.posted.map((p) => p.ports.length)).toEqual([1])
})

test('a small demo is made and can be asked over the port', async () => {
  using client = openPage(standIn).connect()
  const made = await client.call('demo.create', { seed: 3, scale: 0.002 })
  const { sources } = await client.call('sources.list', {})
  expect(sources.map((s) => [s.id, s.kind])).toEqual([[made.source, 'demo']])
})

test('a frame inside the page, another page and a malformed nonce get no port', async () => {
  const strangers = [
    openPage(standIn, { top: false }),
    openPage(standIn, { url: 'https://evil.example/' }),
    openPage(standIn, { url: 'watchdeck://app.evil/index.html' }),
  ]
  for (const page of strangers) page.bridge.requestPort('00000000-0000-4000-8000-000000000000')
  const own = openPage(standIn)
  for (const nonce of ['x', 7, null, {}, `${'0'.repeat(36)}\n`]) own.bridge.requestPort(nonce)
  // messages keep their order: whoever is answered after them was answered last
  await own.port()
  expect(own.posted.length).toBe(1)
})

test('the page may not leave, open windows, attach webviews or get rights', async () => {
  for (const by of ['will-navigate', 'will-redirect']) {
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'watchdeck://evil/', 'javascript:alert(1)'])
      expect(await standIn.ask('navigate', url, by, true)).toBe(true)
    expect(await standIn.ask('navigate', `${PAGE}#/traces`, by, true)).toBe(false)
  }
  expect(await standIn.ask('navigate', PAGE, 'will-frame-navigate', false)).toBe(true)
  expect(await standIn.ask('navigate', PAGE, 'will-frame-navigate', true)).toBe(false)
  expect(await standIn.ask('webview')).toBe(true)
  for (const url of ['https://grafana.example/d/1', 'file:///etc/passwd', 'smb://host/x'])
    expect(await standIn.ask('windowOpen', url)).toBe('deny')
  expect((await standIn.state()).external).toEqual(['https://grafana.example/d/1'])
  expect(await standIn.ask('permission', 'clipboard-sanitized-write', `${PAGE}`)).toEqual([
    true,
    expect.any(Boolean),
    false,
  ])
  for (const name of ['media', 'geolocation', 'notifications', 'openExternal', 'hid'])
    expect(await standIn.ask('permission', name, PAGE)).toEqual([false, false, false])
})

interface Answer {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

test('the scheme serves the built page under its policy', async () => {
  const { status, headers, body } = await standIn.ask<Answer>('fetch', PAGE, 'GET')
  expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([
    200,
    'text/html; charset=utf-8',
    'nosniff',
  ])
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';")
  expect(Buffer.from(body).toString()).toContain('<div id="root">')
})

test.each([
  ['GET', 'watchdeck://app/../main/index.js'],
  ['GET', 'watchdeck://app/%2e%2e/main/index.js'],
  ['GET', 'watchdeck://app/..%2fmain%2findex.js'],
  ['GET', 'watchdeck://app/..%5cmain%5cindex.js'],
  ['GET', 'watchdeck://app//etc/passwd'],
  ['GET', 'watchdeck://app/assets/'],
  ['GET', 'watchdeck://evil/index.html'],
  ['POST', 'watchdeck://app/index.html'],
])('%s %s finds nothing', async (method, url) => {
  const { status, body, headers } = await standIn.ask<Answer>('fetch', url, method)
  expect([status, body.length]).toEqual([404, 0])
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test('a second start brings the window forward and hands over its file', async () => {
  const intents: unknown[] = []
  openPage(standIn).bridge.onOpen((intent) => intents.push(intent))
  await standIn.ask('minimize')
  const before = (await standIn.state()).focused
  await standIn.ask('appEvent', 'second-instance', [[], '/', { words: ['night.watchdeck', '--demo'], cwd: '/home/me' }])
  const { windows, focused } = await until(standIn.state, () => intents.length >= 2)
  expect([windows.length, windows[0]?.minimized, focused]).toEqual([1, false, before + 1])
  expect(intents).toEqual([{ kind: 'open', path: '/home/me/night.watchdeck' }, { kind: 'demo' }])
})

test('a double click on a file reaches the page', async () => {
  const intents: unknown[] = []
  openPage(standIn).bridge.onOpen((intent) => intents.push(intent))
  await standIn.ask('appEvent', 'open-file', ['/in/spans.json'])
  await until(standIn.state, () => intents.length > 0)
  expect(intents).toEqual([{ kind: 'import', paths: ['/in/spans.json'] }])
})

test('a file chosen in the menu reaches the page as a dropped one does', async () => {
  const intents: unknown[] = []
  openPage(standIn).bridge.onOpen((intent) => intents.push(intent))
  await standIn.ask('choose', ['/in/night.watchdeck'])
  await standIn.ask('menu', 'Open incident file…')
  await standIn.ask('choose', ['/in/a.json', '/in/b.json'])
  await standIn.ask('menu', 'Import files…')
  await standIn.ask('choose', [])
  await standIn.ask('menu', 'Import files…')
  await standIn.ask('menu', 'Open the demo incident')
  await until(standIn.state, () => intents.length >= 3)
  expect(intents).toEqual([
    { kind: 'open', path: '/in/night.watchdeck' },
    { kind: 'import', paths: ['/in/a.json', '/in/b.json'] },
    { kind: 'demo' },
  ])
})

test('a place to save is chosen by the system’s dialog, for our own page only', async () => {
  await standIn.ask('choose', ['/out'])
  const choose = (url: string, top: boolean) =>
    standIn.ask<unknown>('invoke', 'watchdeck:choose-save', ['../a/b'], url, top)
  expect([await choose(PAGE, true), await choose('https://evil.example/', true), await choose(PAGE, false)]).toEqual([
    '/out/a-b.watchdeck',
    null,
    null,
  ])
  await standIn.ask('choose', [])
  expect(await choose(PAGE, true)).toBeNull()
})

test('an incident file is dragged out, nothing else is', async () => {
  const file = join(standIn.dataDir, 'night.watchdeck')
  writeFileSync(file, '')
  const page = openPage(standIn)
  for (const path of ['/etc/passwd', 'night.watchdeck', join(standIn.dataDir, 'none.watchdeck'), file])
    page.bridge.drag(path)
  openPage(standIn, { url: 'https://evil.example/' }).bridge.drag(file)
  await until(standIn.state, ({ dragged }) => dragged.length > 0)
  expect((await standIn.state()).dragged).toEqual([file])
})

test('the menu speaks the language of the page, and of the system before there is one', async () => {
  await using own = await startStandIn({ language: 'zh-Hans-CN' })
  const files = async () => JSON.stringify((await own.state()).menu[0])
  expect(await files()).toContain('打开事故文件')
  openPage(own).bridge.speak('en')
  await until(own.state, ({ menu }) => JSON.stringify(menu[0]).includes('Open incident file'))
})

test('crash reports stay here; the log is a click away', async () => {
  await standIn.ask('menu', 'Show the log')
  const { crashUpload, paths, opened } = await standIn.state()
  expect([crashUpload, paths['crashDumps'], opened]).toEqual([
    false,
    join(standIn.dataDir, 'crashes'),
    [join(standIn.dataDir, 'logs')],
  ])
})

test('several windows open beside each other; where the last one was is kept; no tray unless asked', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-windows-'))
  try {
    const state = { tray: false, window: { x: 100, y: 60, width: 1200, height: 800, maximized: false } }
    writeFileSync(join(dataDir, 'desktop.json'), JSON.stringify(state))
    await using own = await startStandIn({ dataDir })
    await own.ask('menu', 'New window')
    const { windows, trays } = await own.state()
    expect([windows.map(({ options }) => [options.x, options.y, options.width]), trays]).toEqual([
      [
        [100, 60, 1200],
        [132, 92, 1200],
      ],
      0,
    ])
    await own.ask('menu', 'Stay in the tray when the last window closes', true)
    await own.ask('closeWindow')
    expect((await own.state()).trays).toBe(1)
    expect(JSON.parse(readFileSync(join(dataDir, 'desktop.json'), 'utf8'))).toEqual({ ...state, tray: true })
    await own.ask('appEvent', 'window-all-closed', [])
    using client = openPage(own).connect()
    expect((await client.call('system.info', {})).shell).toBe('electron')
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('a crashed engine is started again and the page gets its connection back', async () => {
  using client = openPage(standIn).connect()
  const before = await client.call('system.info', {})
  process.kill(before.pid, 'SIGKILL')
  const after = await until(
    () => client.call('system.info', {}).catch(() => before),
    (info) => info.pid !== before.pid,
  )
  expect(after.dataDir).toBe(standIn.dataDir)
  expect((await standIn.state()).messageBoxes).toEqual([])
})

test('an engine that keeps crashing is given up after three restarts, and starts again when the person says so', async () => {
  await using own = await startStandIn()
  await own.ask('answer', 0)
  const crashed = new Set<number>()
  await until(own.state, ({ engines, messageBoxes }) => {
    const last = engines.at(-1)
    if (last && !last.gone && !crashed.has(last.pid) && messageBoxes.length === 0) {
      crashed.add(last.pid)
      process.kill(last.pid, 'SIGKILL')
    }
    return messageBoxes.length > 0
  })
  expect(crashed.size).toBe(4)
  using client = openPage(own).connect()
  expect((await client.call('system.info', {})).shell).toBe('electron')
  expect((await own.state()).engines.length).toBe(5)
})

test('files and --demo of the first start wait for the page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-launch-'))
  writeFileSync(join(folder, 'a.ndjson'), '{}\n')
  try {
    await using own = await startStandIn({ words: ['--demo', join(folder, 'a.ndjson'), join(folder, 'b.watchdeck')] })
    const intents: unknown[] = []
    openPage(own).bridge.onOpen((intent) => intents.push(intent))
    await until(own.state, () => intents.length >= 3)
    expect(intents).toEqual([
      { kind: 'demo' },
      { kind: 'open', path: join(folder, 'b.watchdeck') },
      { kind: 'import', paths: [join(folder, 'a.ndjson')] },
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a folder that another Watchdeck holds is said, and the program ends', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-held-'))
  try {
    using _held = lockDataDir(dataDir, { shell: 'browser', version: '0', since: '2026-01-01T00:00:00Z' })
    await using own = await startStandIn({ dataDir })
    expect(await own.exited).toBe(1)
    expect(own.stderr()).toContain('The data folder is in use by another Watchdeck (browser')
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('while another Watchdeck has the lock, a start hands over its words and ends', async () => {
  await using own = await startStandIn({ lockHeld: true, ready: false })
  expect(await own.exited).toBe(0)
  expect(readdirSync(own.dataDir)).toEqual([])
})

test('secrets are sealed by the keyring where it protects', async () => {
  await using own = await startStandIn({ keyring: 'gnome_libsecret' })
  using client = openPage(own).connect()
  expect(await client.call('settings.vault', {})).toMatchObject({ protection: 'keychain', state: 'ready' })
  const auth = { type: 'bearer', token: 'swordfish' } as const
  const { id } = await client.call('sources.add', { kind: 'prometheus', name: 'x', url: 'http://127.0.0.1:9', auth })
  const vault = readFileSync(join(own.dataDir, 'secrets.vault'), 'utf8')
  const { seal, data } = JSON.parse(vault) as { seal: string; data: string }
  expect([seal, Buffer.from(data, 'base64').toString().slice(0, 3), vault.includes('swordfish')]).toEqual([
    'keychain',
    'v11',
    false,
  ])
  expect((await client.call('sources.spec', { id })).auth).toMatchObject({ type: 'bearer' })
})

test('secrets are sealed anew when the keyring has a newer key', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-rekeyed-'))
  const markOf = () => {
    const { data } = JSON.parse(readFileSync(join(dataDir, 'secrets.vault'), 'utf8')) as { data: string }
    return Buffer.from(data, 'base64').toString().slice(0, 3)
  }
  try {
    let id: string | undefined
    for (const seal of ['v11', 'v12']) {
      await using own = await startStandIn({ keyring: 'gnome_libsecret', seal, dataDir })
      using client = openPage(own).connect({ reconnect: false })
      const auth = { type: 'bearer', token: 'swordfish' } as const
      const spec = { kind: 'prometheus', name: 'x', url: 'http://127.0.0.1:9', auth } as const
      // a source that is tried reads its secret
      if (id === undefined) id = (await client.call('sources.add', spec)).id
      else await client.call('sources.test', { id })
      expect(markOf()).toBe(seal)
      own.ask('quit').catch(() => 'the program ends while it is asked')
      expect(await own.exited).toBe(0)
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test.each([
  [undefined, undefined],
  ['basic_text', undefined],
  // a desktop that has a keyring which does not run
  ['gnome_libsecret', 'v10'],
])('without a keyring that protects (%s %s) the vault asks for a passphrase', async (keyring, seal) => {
  await using own = await startStandIn({ ...(keyring ? { keyring } : {}), ...(seal ? { seal } : {}) })
  using client = openPage(own).connect()
  expect(await client.call('settings.vault', {})).toMatchObject({ protection: 'passphrase', state: 'unset' })
  const auth = { type: 'bearer', token: 'swordfish' } as const
  const added = client.call('sources.add', { kind: 'prometheus', name: 'x', url: 'http://127.0.0.1:9', auth })
  await expect(added).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(readdirSync(own.dataDir)).not.toContain('secrets.vault')
})

test('a page whose process is gone is loaded again, three times a minute at most', async () => {
  await using own = await startStandIn()
  await own.ask('pageGone', 'clean-exit')
  for (let i = 0; i < 5; i++) await own.ask('pageGone', 'crashed')
  await until(own.state, ({ reloads }) => reloads > 0)
  const told = own.stderr().match(/the page's process is gone \(crashed\).*/g) ?? []
  expect(told.map((line) => line.endsWith(': it is loaded again'))).toEqual([true, true, true, false, false])
})

test('quitting lets the engine close its stores and give the folder back', async () => {
  await using own = await startStandIn()
  using client = openPage(own).connect({ reconnect: false })
  await client.call('system.info', {})
  const [engine] = (await own.state()).engines
  own.ask('quit').catch(() => 'the program ends while it is asked')
  expect(await own.exited).toBe(0)
  expect(() => process.kill(engine?.pid ?? 0, 0)).toThrow('ESRCH')
  using again = lockDataDir(own.dataDir, { shell: 'cli', version: '0', since: '2026-01-01T00:00:00Z' })
  expect(again.holder.shell).toBe('cli')
})
