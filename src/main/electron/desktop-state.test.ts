// Windows come back where they were, and always where they can be reached.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_STATE, placeWindow, readState, writeState } from './desktop-state.ts'
import { menuTemplate } from './menu.ts'
import { shellLanguage, shellWords } from './words.ts'

const SCREEN = { x: 0, y: 0, width: 1920, height: 1040 }

test('a window opens as the last one was, the next a little beside it', () => {
  const last = { x: 100, y: 50, width: 1200, height: 800 }
  expect(placeWindow(last, [SCREEN], 0)).toEqual(last)
  expect(placeWindow(last, [SCREEN], 1)).toEqual({ ...last, x: 132, y: 82 })
})

test('a place on a screen that is gone is forgotten', () => {
  expect(placeWindow({ x: 3000, y: 50, width: 1200, height: 800 }, [SCREEN], 0)).toEqual({ width: 1440, height: 900 })
})

test('wherever it was, a part of its title bar is on a screen', () => {
  const bounds = fc.record({
    x: fc.integer({ min: -5000, max: 5000 }),
    y: fc.integer({ min: -5000, max: 5000 }),
    width: fc.integer({ min: 1, max: 9000 }),
    height: fc.integer({ min: 1, max: 9000 }),
  })
  fc.assert(
    fc.property(bounds, fc.nat(20), (last, open) => {
      const { x, y, width, height } = placeWindow(last, [SCREEN], open)
      expect(width <= SCREEN.width && height <= SCREEN.height).toBe(true)
      if (x === undefined || y === undefined) return
      expect(x + width >= SCREEN.x + 80 && x <= SCREEN.width - 80).toBe(true)
      expect(y >= 0 && y <= SCREEN.height - 80).toBe(true)
    }),
  )
})

test('the state survives; what is damaged or strange is nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-desktop-'))
  try {
    const path = join(folder, 'desktop.json')
    expect(readState(path)).toEqual(NO_STATE)
    const state = { tray: true, window: { ...SCREEN, maximized: true } }
    expect(writeState(path, state)).toBe(true)
    expect(readState(path)).toEqual(state)
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"window":{"x":1e99},"tray":"yes"}',
      readFileSync(path, 'utf8').slice(9),
    ]) {
      writeFileSync(path, text)
      expect(readState(path).tray).toBe(false)
      expect(readState(path).window).toBeUndefined()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the menu has every word in both languages, and no tray unless asked', () => {
  const idle = () => undefined
  const actions = { newWindow: idle, open: idle, importFiles: idle, demo: idle, show: idle, setTray: idle }
  const labels = (language: 'en' | 'zh-CN') =>
    JSON.stringify(menuTemplate(shellWords(language), actions, { platform: 'linux', tray: false }))
  expect(labels('zh-CN')).not.toMatch(/"label":"[A-Za-z ]+"/)
  expect(labels('en').match(/"label"/g)?.length).toBe(labels('zh-CN').match(/"label"/g)?.length)
  expect(labels('en')).toContain('"checked":false')
  expect(Object.keys(shellWords('en'))).toEqual(Object.keys(shellWords('zh-CN')))
})

test('the first language that is ours is spoken', () => {
  expect([shellLanguage(['fr-FR', 'zh-Hans-CN', 'en-US']), shellLanguage(['de', 7, null]), shellLanguage([])]).toEqual([
    'zh-CN',
    'en',
    'en',
  ])
})
