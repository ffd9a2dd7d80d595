// One deliberate violation of each rule, in a small project of its own: the checks must find it, and find nothing before.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const bin = (name: string) => join(ROOT, 'node_modules', '.bin', name)
let home = ''

function put(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

function sh(command: string, args: readonly string[], cwd = home): { code: number; output: string } {
  const done = spawnSync(command, [...args], { cwd, encoding: 'utf8' })
  return { code: done.status ?? 1, output: `${done.stdout}${done.stderr}` }
}
const check = (name: string) => sh(process.execPath, [join(ROOT, 'scripts', `${name}.ts`), '--root', home])

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'watchdeck-checks-'))
  put('package.json', '{ "name": "fixture", "type": "module", "private": true }')
  put('src/shared/base/a.ts', 'export const a: number = 1\n')
  put('src/renderer/i18n/en/index.ts', "export const en = { app: { hello: 'Hello {name}' } }\n")
  put('src/renderer/i18n/zh-CN/index.ts', "export const zhCN = { app: { hello: '你好 {name}' } }\n")
  put('scripts/ratchet.json', '{}')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a project that keeps to the rules passes', () => {
  expect([check('check-imports').code, check('check-ratchet').code, check('check-i18n').code]).toEqual([0, 0, 0])
})

test.each([
  ['src/shared/base/b.ts', "import { x } from '../frame/x.ts'\nexport const b = x\n", 'shared/base may import nothing'],
  ['src/shared/domain/b.ts', "import type { Stats } from 'node:fs'\nexport type B = Stats\n", 'no Node'],
  ['src/shared/wire/b.ts', "import lodash from 'lodash'\nexport const b = lodash\n", 'may not use this package'],
  ['src/main/traces/b.ts', "import type { L } from '../logs/search.ts'\nexport type B = L\n", 'main/traces may import'],
  ['src/main/traces/b.ts', "export const b = await import('../logs/search.ts')\n", 'main/traces may import'],
  ['src/main/traces/b.ts', "export * from '../logs/search.ts'\n", 'main/traces may import'],
  ['src/main/engine/b.ts', "import { app } from 'electron'\nexport const b = app\n", 'import electron'],
  [
    'src/main/connectors/jaeger/b.ts',
    "import { p } from '../kafka/p.ts'\nexport const b = p\n",
    'main/connectors/jaeger may import',
  ],
  [
    'src/renderer/features/logs/b.ts',
    "import { T } from '../traces/T.tsx'\nexport const b = T\n",
    'renderer/features/logs may import',
  ],
  [
    'src/renderer/workbench/b.ts',
    "import { T } from '../features/traces/T.tsx'\nexport const b = T\n",
    'renderer/workbench may import',
  ],
  ['src/renderer/lib/b.ts', "import { readFile } from 'node:fs'\nexport const b = readFile\n", 'the page has no Node'],
  ['src/preload/b.ts', "import { z } from 'zod'\nexport const b = z\n", 'imports electron only'],
  ['src/cellar/rats/b.ts', "import { a } from '../../shared/base/a.ts'\nexport const b = a\n", 'not in the table'],
])('a forbidden import is caught: %s', (path, text, reason) => {
  put(path, text)
  const { code, output } = check('check-imports')
  expect(code).toBe(1)
  expect(output).toContain(reason)
})

test('a cycle is caught', () => {
  put('src/shared/base/a.ts', "import { b } from './b.ts'\nexport const a = () => b\n")
  put('src/shared/base/b.ts', "import { a } from './a.ts'\nexport const b = () => a\n")
  expect(check('check-imports').output).toContain('cycle: src/shared/base/a.ts <-> src/shared/base/b.ts')
})

test.each([
  ['any', 'export const b: any = 1\n'],
  ['any', 'export const b = 1 as any\n'],
  ['any', 'export const b: Array<any> = []\n'],
  ['castsThroughUnknown', 'export const b = 1 as unknown as string\n'],
  ['lintDisables', '// biome-ignore lint: no\nexport const b = 1\n'],
  ['tsIgnores', '// @ts-expect-error\nexport const b: string = 1\n'],
  ['longFiles', `${'// line\n'.repeat(402)}`],
])('one more escape is caught: %s', (kind, text) => {
  put('src/shared/base/b.ts', text)
  const { code, output } = check('check-ratchet')
  expect([code, output.startsWith(`${kind}: 1, allowed 0`)]).toEqual([1, true])
})

test('a count that fell must be written down', () => {
  put('scripts/ratchet.json', '{ "any": 2 }')
  expect(check('check-ratchet')).toMatchObject({ code: 1, output: expect.stringContaining('fell from 2 to 0') })
})

test.each([
  ['export const zhCN = { app: {} }\n', 'zh-CN lacks app.hello'],
  ["export const zhCN = { app: { hello: '你好 {name}', more: '多' } }\n", 'en lacks app.more'],
  ["export const zhCN = { app: { hello: '你好 {nom}' } }\n", 'placeholders differ'],
  ["export const zhCN = { app: { hello: '你好 friend {name}' } }\n", 'English words: friend'],
])('a catalogue that says something else is caught', (text, reason) => {
  put('src/renderer/i18n/zh-CN/index.ts', text)
  const { code, output } = check('check-i18n')
  expect([code, output.includes(reason)]).toEqual([1, true])
})

test.each([
  ['{}', 'no Chinese in src/shared/i18n/zh-CN for: There is no thing {}.'],
  ["{ 'There is no thing {}.': '没有这个东西。' }", 'another number of values in Chinese'],
  ["{ 'There is no thing {}.': '没有 stuff {}。' }", 'has English words: stuff'],
])('a sentence of the engine without its Chinese is caught: %s', (book, reason) => {
  put('src/main/traces/b.ts', "throw new WatchdeckError('not_found', `There is no thing ${name}.`)\n")
  put('src/shared/i18n/zh-CN/index.ts', "export const zhCNPhrases = { 'There is no thing {}.': '没有 {}。' }\n")
  expect(check('check-i18n').code).toBe(0)
  put('src/shared/i18n/zh-CN/index.ts', `export const zhCNPhrases = ${book}\n`)
  const { code, output } = check('check-i18n')
  expect([code, output.includes(reason)]).toEqual([1, true])
})

test('types, lint, format and unused code are caught by the tools as they are set up here', () => {
  for (const name of ['biome.json', 'tsconfig.base.json', 'node_modules'])
    symlinkSync(join(ROOT, name), join(home, name))
  put('tsconfig.json', '{ "extends": "./tsconfig.base.json", "include": ["src/shared"] }')
  const biome = () =>
    sh(bin('biome'), ['ci', '--vcs-enabled=false', '--error-on-warnings', '--colors=off', 'src/shared'])
  const types = () => sh(bin('tsc'), ['-p', 'tsconfig.json'])
  const unused = () => sh(bin('knip'), ['--no-progress', '--no-config-hints'])
  put('knip.json', '{ "entry": ["src/shared/base/entry.ts"], "project": ["src/shared/**/*.ts"] }')
  put('src/shared/base/entry.ts', "import { a } from './a.ts'\n\nexport const entry = a\n")
  put('src/shared/base/a.ts', 'export const a: number = Math.random()\n')
  expect([biome().output, types().code, unused().code]).toEqual([expect.stringContaining('Checked 2 files'), 0, 0])
  expect(biome().code).toBe(0)
  put('src/shared/base/a.ts', 'export const a: any = Math.random()\n')
  expect(biome().output).toContain('noExplicitAny')
  put('src/shared/base/a.ts', 'export const a: number = "1";\n')
  expect(biome().output).toContain('format')
  expect(types().output).toContain('TS2322')
  put('src/shared/base/a.ts', 'export const a: number = Math.random()\nexport const b = 2\n')
  expect(unused().output).toContain('src/shared/base/a.ts')
})
