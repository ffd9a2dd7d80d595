// The colours of every theme: text and lines are seen, and eyes that miss a colour tell apart what differs.
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chroma, contrast, distance, type Rgb, rgbOf, type Vision } from './colour-science.ts'

const RENDERER = resolve(import.meta.dirname, '..')
const css = readFileSync(resolve(import.meta.dirname, 'tokens.css'), 'utf8')

const blockOf = (selector: string): string => {
  const start = css.indexOf(`\n${selector} {`)
  if (start < 0) throw new Error(`tokens.css has no ${selector}`)
  return css.slice(start, css.indexOf('\n}', start))
}
const coloursOf = (selector: string): ReadonlyMap<string, Rgb> =>
  new Map([...blockOf(selector).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', rgbOf(m[2] ?? '')]))

interface Theme {
  readonly name: string
  readonly colours: ReadonlyMap<string, Rgb>
  readonly text: number
  readonly graphics: number
}
const THEMES: readonly Theme[] = [
  { name: 'dark', colours: coloursOf(':root[data-theme="dark"]'), text: 4.5, graphics: 3 },
  { name: 'light', colours: coloursOf(':root[data-theme="light"]'), text: 4.5, graphics: 3 },
  { name: 'dark, high contrast', colours: coloursOf(':root[data-contrast="high"]'), text: 7, graphics: 4.5 },
  {
    name: 'light, high contrast',
    colours: coloursOf(':root[data-theme="light"][data-contrast="high"]'),
    text: 7,
    graphics: 4.5,
  },
]

const STATES = ['ok', 'note', 'warning', 'critical']
const CATEGORIES = Array.from({ length: 16 }, (_, i) => `cat-${i + 1}`)
const BRIGHT_TEXT = ['n11', 'n12', 'accent', ...STATES]
/** what is written in which colour on which ground; the grounds of rows, controls, floating things, chosen rows */
const WRITTEN: ReadonlyArray<readonly [text: readonly string[], grounds: readonly string[]]> = [
  [['n9'], ['n1', 'n2', 'n3']],
  [['n10'], ['n1', 'n2', 'n3', 'n4', 'accent-ground', ...STATES.map((s) => `${s}-ground`)]],
  [BRIGHT_TEXT, ['n1', 'n2', 'n3', 'n4', 'accent-ground']],
  [
    ['n11', 'n12'],
    ['n5', ...STATES.map((s) => `${s}-ground`)],
  ],
  [['on-accent'], ['accent']],
]
/** what is drawn and must be seen: edges of fields, marks, bars, lines of charts, shapes of states */
const DRAWN: ReadonlyArray<readonly [marks: readonly string[], grounds: readonly string[]]> = [
  [
    ['edge', 'n9', 'accent', ...STATES],
    ['n1', 'n2', 'n3'],
  ],
  [['n8'], ['n1', 'n2', 'n3']],
  [CATEGORIES, ['n1', 'n2', 'n3']],
]

describe.each(THEMES)('$name', ({ colours, text, graphics }) => {
  const of = (name: string): Rgb => {
    const colour = colours.get(name)
    if (!colour) throw new Error(`no --${name}`)
    return colour
  }
  const tooFaint = (pairs: typeof WRITTEN, least: number): string[] =>
    pairs.flatMap(([marks, grounds]) =>
      marks.flatMap((mark) =>
        grounds.flatMap((ground) => {
          const ratio = contrast(of(mark), of(ground))
          return ratio < least ? [`${mark} on ${ground}: ${ratio.toFixed(2)}`] : []
        }),
      ),
    )
  /** the closest pair and how far apart it is, for each kind of eye */
  const closest = (names: readonly string[]): ReadonlyArray<{ vision: Vision; pair: string; apart: number }> =>
    (['normal', 'protanopia', 'deuteranopia', 'tritanopia'] as const).map((vision) => {
      const pairs = names.flatMap((a, i) =>
        names.slice(i + 1).map((b) => ({ vision, pair: `${a} ${b}`, apart: distance(of(a), of(b), vision) })),
      )
      return pairs.reduce((least, each) => (each.apart < least.apart ? each : least))
    })

  test('text is read on every ground it stands on', () => expect(tooFaint(WRITTEN, text)).toEqual([]))
  test('edges, marks and lines are seen', () => expect(tooFaint(DRAWN, graphics)).toEqual([]))
  test('eight series are told apart by every kind of eye', () =>
    expect(closest(CATEGORIES.slice(0, 8)).filter((c) => c.apart < 10)).toEqual([]))
  test('no service or series looks like an error, and none is muddy', () => {
    const alarming = CATEGORIES.filter((name) => distance(of(name), of('critical')) < 8)
    const muddy = CATEGORIES.filter((name) => chroma(of(name)) < 6)
    expect({ alarming, muddy }).toEqual({ alarming: [], muddy: [] })
  })
  test('sixteen services are told apart by every kind of eye', () =>
    expect(closest(CATEGORIES).filter((c) => c.apart < 4.5)).toEqual([]))
  test('states are told apart by every kind of eye', () =>
    expect(closest(STATES).filter((c) => c.apart < 6)).toEqual([]))
  test('all themes have the same colours', () =>
    expect([...colours.keys()].toSorted()).toEqual([...(THEMES[0]?.colours.keys() ?? [])].toSorted()))
})

test('styles write and fill with tokens, and write in no colour that is meant for lines', () => {
  const wrong = globSync('**/*.css', { cwd: RENDERER })
    .filter((path) => !path.endsWith('tokens.css'))
    .flatMap((path) => {
      const sheet = readFileSync(resolve(RENDERER, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
      const literal = [...sheet.matchAll(/#[0-9a-f]{3,8}\b|rgba?\([^)]*\)|hsla?\(/gi)].map((m) => `${path}: ${m[0]}`)
      const lines = [...sheet.matchAll(/[^-\w]color: var\(--n[3-7]\)/g)].map((m) => `${path}: ${m[0].trim()}`)
      return [...literal, ...lines]
    })
  expect(wrong).toEqual([])
})

test('the contrast of black and white is 21, of a colour with itself 1; a dichromat sees greys as they are', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 6)
  expect(contrast([80, 90, 100], [80, 90, 100])).toBe(1)
  for (const vision of ['protanopia', 'deuteranopia', 'tritanopia'] as const)
    expect(distance([0, 0, 0], [128, 128, 128], vision)).toBeCloseTo(distance([0, 0, 0], [128, 128, 128]), 0)
  // red and green of one lightness: the pair that a deuteranope loses
  expect(distance(rgbOf('#c05050'), rgbOf('#648a32'), 'deuteranopia')).toBeLessThan(
    distance(rgbOf('#c05050'), rgbOf('#648a32')) / 2,
  )
})
