import { expect, test } from 'vitest'
import { freeName } from './adopt.ts'

test('a copy beside its file has a name of its own', () => {
  expect(freeName('Demo: shop', ['Other'])).toBe('Demo: shop')
  expect(freeName('Demo: shop', ['Demo: shop'])).toBe('Demo: shop (2)')
  expect(freeName('Demo: shop', ['Demo: shop', 'Demo: shop (2)'])).toBe('Demo: shop (3)')
})
