import { beforeEach, expect, test } from 'vitest'
import { actionTaken, clearNotices, dismissToast, noticesSeen, toast, useToasts } from './toasts.ts'

beforeEach(() => useToasts.setState({ toasts: [], past: [], unseen: 0 }))
const past = () => useToasts.getState().past.map(({ text, action }) => [text, action !== undefined])

test('a message that has gone is kept with what it can undo, once; confirmations are not kept', () => {
  const id = toast('Removed: shop', { action: { label: 'Undo', run: () => {} } })
  toast('Copied', { lastsMs: 1500 })
  toast('Saved')
  dismissToast(id)
  expect(past()).toEqual([
    ['Saved', false],
    ['Removed: shop', true],
  ])
  actionTaken(id)
  expect(past()).toEqual([
    ['Saved', false],
    ['Removed: shop', false],
  ])
  clearNotices()
  expect(past()).toEqual([])
})

test('failures are counted until the list is looked at; fifty messages are kept', () => {
  for (let i = 0; i < 60; i++) toast(`message ${i}`, i % 10 === 0 ? { tone: 'critical' } : {})
  expect(useToasts.getState().unseen).toBe(6)
  expect([past().length, past()[0]]).toEqual([50, ['message 59', false]])
  noticesSeen()
  expect(useToasts.getState().unseen).toBe(0)
})
