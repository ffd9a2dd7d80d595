// Series upon each other, and their picture.

import { expect, test } from 'vitest'
import { paintStack } from './many-lines.ts'
import { extentOfStack, stackOf } from './stacks.ts'
import { plane, points, SIZE } from './testing.ts'

const series = (pairs: ReadonlyArray<readonly [number, number]>, faint = false) => ({ points: points(pairs), faint })

test('each stands upon the sum of those before it, at the instants of all; falling ones and an earlier period by themselves', () => {
  const stack = stackOf([
    series([
      [0, 1],
      [10, 2],
    ]),
    series([
      [0, 3],
      [5, 4],
      [10, 5],
    ]),
    series([[10, -2]]),
    series(
      [
        [0, 7],
        [10, NaN],
      ],
      true,
    ),
  ])
  expect([...stack.times]).toEqual([0n, 5n, 10n])
  expect(stack.layers.map(({ below }) => [...below])).toEqual([
    [0, NaN, 0],
    [1, 0, 2],
    [NaN, NaN, 0],
    [0, NaN, NaN],
  ])
  expect(stack.layers.map(({ upTo }) => [...upTo])).toEqual([
    [1, NaN, 2],
    [4, 4, 7],
    [NaN, NaN, -2],
    [7, NaN, NaN],
  ])
  expect(extentOfStack(stack)).toEqual([-2, 7])
  expect(extentOfStack(stackOf([series([[0, NaN]])]))).toBeUndefined()
})

test('a layer is a line and a lighter area down to the layer below', () => {
  const level = (value: number) =>
    series([
      [0, value],
      [10, value],
    ])
  const pixels = paintStack(
    [
      { colour: [255, 0, 0], faint: false },
      { colour: [0, 255, 0], faint: false },
    ],
    stackOf([level(3), level(4)]),
    plane(),
  )
  const at = (y: number) => [...pixels.subarray((y * SIZE + 5) * 4, (y * SIZE + 5) * 4 + 4)]
  // sums 3 and 7: above 7 nothing, green down to 3, red below
  expect(at(1)[3]).toBe(0)
  for (const y of [4, 5]) expect(at(y)).toEqual([0, 255, 0, expect.closeTo(90, -1)])
  for (const y of [8, 9]) expect(at(y)).toEqual([255, 0, 0, expect.closeTo(90, -1)])
})
