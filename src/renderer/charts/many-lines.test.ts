import { expect, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { extentOf, type ManyLine, paintLines, shownOf } from './many-lines.ts'
import { plane, points, SIZE } from './testing.ts'

const RED: ManyLine['colour'] = [255, 0, 0]

const line = (pairs: ReadonlyArray<readonly [number, number]>, more: Partial<ManyLine> = {}): ManyLine => ({
  points: points(pairs),
  colour: RED,
  faint: false,
  ...more,
})
/** Rows of the picture: `#` opaque, `+` partly, `.` nothing. */
function rows(pixels: Uint8ClampedArray): string[] {
  return Array.from({ length: SIZE }, (_, y) =>
    Array.from({ length: SIZE }, (__, x) => {
      const alpha = pixels[(y * SIZE + x) * 4 + 3] ?? 0
      return alpha === 255 ? '#' : alpha > 0 ? '+' : '.'
    }).join(''),
  )
}
const at = (pixels: Uint8ClampedArray, x: number, y: number) => [
  ...pixels.subarray((y * SIZE + x) * 4, (y * SIZE + x) * 4 + 4),
]

test('a level line covers one row from edge to edge', () => {
  const picture = rows(
    paintLines(
      [
        line([
          [0, 5.5],
          [10, 5.5],
        ]),
      ],
      plane(),
    ),
  )
  expect(picture[4]).toBe('##########')
  expect(picture.filter((row) => row.includes('#') || row.includes('+'))).toHaveLength(1)
})

test('a rising line covers every column, each where it passes, without a hole', () => {
  const picture = rows(
    paintLines(
      [
        line([
          [0, 0],
          [10, 10],
        ]),
      ],
      plane({ thickness: 2 }),
    ),
  )
  for (let x = 0; x < SIZE; x++)
    expect(picture.map((row, y) => (row[x] === '.' ? '' : y)).join('')).toContain(String(SIZE - 1 - x))
  expect(picture[0]?.[0]).toBe('.')
  expect(picture[SIZE - 1]?.[SIZE - 1]).toBe('.')
})

test('points closer than a pixel reach from their lowest to their highest', () => {
  const dense = Array.from({ length: 11 }, (_, i) => [500 + i, i % 2 === 0 ? 2 : 8] as const)
  const picture = rows(paintLines([line(dense)], plane({ to: asEpochNs(1000n) })))
  expect(picture.map((row) => row[5]).join('')).toContain('#####')
})

test('nothing is drawn over a hole: no value, or points further apart than they usually are', () => {
  const missing = rows(
    paintLines(
      [
        line([
          [0, 5.5],
          [1, 5.5],
          [2, 5.5],
          [3, Number.NaN],
          [7, 5.5],
          [8, 5.5],
        ]),
      ],
      plane(),
    ),
  )
  expect(missing[4]).toBe('###....##.')
  const silent = rows(
    paintLines(
      [
        line([
          [0, 5.5],
          [1, 5.5],
          [2, 5.5],
          [7, 5.5],
          [8, 5.5],
        ]),
      ],
      plane({ stepNs: 1n }),
    ),
  )
  expect(silent[4]).toBe('###....##.')
})

test('a point between two holes is a dot', () => {
  const picture = rows(
    paintLines(
      [
        line([
          [0, 5.5],
          [1, 5.5],
          [5, 5.5],
          [9, 5.5],
        ]),
      ],
      plane({ stepNs: 1n }),
    ),
  )
  expect(picture.join('\n').match(/[#+]/g)?.length).toBeGreaterThan(6)
  expect(picture[4]?.slice(4, 7)).toBe('###')
})

test('a log axis stands by the logarithm and has holes at zero and below', () => {
  const log = plane({ log: true, low: 1, high: 100 })
  expect(
    rows(
      paintLines(
        [
          line([
            [0, 10],
            [10, 10],
          ]),
        ],
        { ...log, lowAt: 9.5, highAt: 1.5 },
      ),
    )[5],
  ).toBe('##########')
  expect(
    rows(
      paintLines(
        [
          line([
            [0, 10],
            [1, 10],
            [2, 0],
            [8, -1],
          ]),
        ],
        { ...log, lowAt: 9.5, highAt: 1.5 },
      ),
    )[5],
  ).toBe('##........')
})

test('later lines lie over earlier ones; a soft end mixes with what is under it', () => {
  const blue = line(
    [
      [0, 5.5],
      [10, 5.5],
    ],
    { colour: [0, 0, 255] },
  )
  const over = paintLines(
    [
      line([
        [0, 5.5],
        [10, 5.5],
      ]),
      blue,
    ],
    plane(),
  )
  expect(at(over, 3, 4)).toEqual([0, 0, 255, 255])
  const half = paintLines(
    [
      line([
        [0, 5.5],
        [10, 5.5],
      ]),
      line(
        [
          [0, 5],
          [10, 5],
        ],
        { colour: [0, 0, 255] },
      ),
    ],
    plane(),
  )
  const [red, green, bluePart, alpha] = at(half, 3, 4)
  expect([green, alpha]).toEqual([0, 255])
  expect(Math.abs((red ?? 0) - 127)).toBeLessThan(3)
  expect(Math.abs((bluePart ?? 0) - 127)).toBeLessThan(3)
  // and on an empty ground it is see-through, in its own colour
  expect(at(half, 3, 5)).toEqual([0, 0, 255, 128])
})

test('an earlier period is dashed', () => {
  const picture = rows(
    paintLines(
      [
        line(
          [
            [0, 5.5],
            [10, 5.5],
          ],
          { faint: true },
        ),
      ],
      plane(),
    ),
  )
  expect(picture[4]).toBe('+++++...++')
})

test('every line of a thousand is there, each with its own times', () => {
  const many = Array.from({ length: SIZE }, (_, i) =>
    line(
      [
        [i, 0.5 + i],
        [i + 0, 0.5 + i],
        [i + 1, 0.5 + i],
      ],
      { colour: [i, 0, 0] },
    ),
  )
  const pixels = paintLines(many, plane())
  for (let i = 0; i < SIZE; i++) expect(at(pixels, i, SIZE - 1 - i)).toEqual([i, 0, 0, 255])
})

test('what lies outside of the range or the axis harms nothing', () => {
  const picture = rows(
    paintLines(
      [
        line([
          [-100, 5.5],
          [100, 5.5],
        ]),
        line([
          [0, -1000],
          [10, -900],
        ]),
      ],
      plane(),
    ),
  )
  expect(picture[4]).toBe('##########')
})

test('lowest, highest and how many can be drawn', () => {
  const values = points([
    [0, Number.NaN],
    [1, -3],
    [2, 0],
    [3, 7],
    [4, Number.POSITIVE_INFINITY],
  ])
  expect(extentOf([{ points: values }], false)).toEqual([-3, 7])
  expect(extentOf([{ points: values }], true)).toEqual([7, 7])
  expect(extentOf([], false)).toBeUndefined()
  expect(shownOf(values, false)).toEqual({ drawn: 3, left: 0 })
  expect(shownOf(values, true)).toEqual({ drawn: 1, left: 2 })
})
