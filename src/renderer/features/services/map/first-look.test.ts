// Where the map stands when it is opened.

import { expect, test } from 'vitest'
import { firstLook } from './first-look.ts'
import { NODE_HEIGHT, NODE_WIDTH } from './layout.ts'

const at = (x: number, y: number, failing = false) => ({ position: { x, y }, failing })
const PANE = { width: 1000, height: 500 }

test('a map that can be read as a whole is shown as a whole', () => {
  expect(firstLook([at(0, 0), at(800, 300)], PANE)).toBeUndefined()
})

test('of a larger one what fails is in the middle', () => {
  const look = firstLook([at(0, 0), at(3000, 3000), at(1500, 1500, true)], PANE)
  const [x = 0, y = 0] = [
    (look?.x ?? 0) + (1500 + NODE_WIDTH / 2) * 0.72,
    (look?.y ?? 0) + (1500 + NODE_HEIGHT / 2) * 0.72,
  ]
  expect([Math.round(x), Math.round(y), look?.zoom]).toEqual([500, 250, 0.72])
})

test('what fails at a corner leaves no empty half beside it', () => {
  const look = firstLook([at(0, 0), at(3000, 3000, true)], PANE)
  expect((look?.x ?? 0) + (3000 + NODE_WIDTH) * 0.72).toBeCloseTo(1000 - 16)
  expect((look?.y ?? 0) + (3000 + NODE_HEIGHT) * 0.72).toBeCloseTo(500 - 16)
  expect(firstLook([at(0, 0, true), at(3000, 3000)], PANE)).toMatchObject({ x: 16, y: 16 })
})

test('a narrow map that is too high stands in the middle across', () => {
  const look = firstLook([at(0, 0, true), at(0, 3000)], PANE)
  expect(look?.x).toBeCloseTo(500 - (NODE_WIDTH / 2) * 0.72)
})
