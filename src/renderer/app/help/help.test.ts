import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { guideOf, references } from './documents.ts'
import { TOUR } from '../tour/tour.ts'
import { blocksOf, parseGuide, stepsOf, textOf } from './guide.ts'
import { findIn, wordsOf } from './search.ts'

const href = (path: readonly string[]): string => `#/help/${path.join('/')}`
const english = guideOf('en', href)
const chinese = guideOf('zh-CN', href)
const titles = (found: ReturnType<typeof findIn>): string[] => found.found.map(({ section }) => section.title)

test('both guides have the same sections in the same order: a link to one leads to the other', () => {
  // a section that is added to docs/using.md belongs into docs/using.zh-CN.md at the same place
  expect(chinese.sections.length).toBe(english.sections.length)
  expect(chinese.sections.map(({ id }) => id)).toEqual(english.sections.map(({ id }) => id))
  expect(new Set(english.sections.map(({ id }) => id)).size).toBe(english.sections.length)
  for (const { id, title, blocks } of [...english.sections, ...chinese.sections]) {
    expect(id).toMatch(/^[a-z-]+$/)
    expect(title).not.toBe('')
    expect(blocks.length).toBeGreaterThan(0)
  }
})

test('a reference is written in both languages and has the same sections, tables and code in both', () => {
  const [inEnglish, inChinese] = [references(href, 'en'), references(href, 'zh-CN')]
  expect(inChinese.map(({ id }) => id)).toEqual(inEnglish.map(({ id }) => id))
  expect(inChinese.map(({ id }) => `docs/${id}.zh-CN.md`).sort()).toEqual(
    globSync('docs/*.zh-CN.md')
      .filter((file) => !file.endsWith('using.zh-CN.md'))
      .sort(),
  )
  for (const chinese of inChinese) {
    const english = inEnglish.find(({ id }) => id === chinese.id)
    expect(chinese.sections.map(({ id }) => id)).toEqual(english?.sections.map(({ id }) => id))
    // a row, an item or a command that is added in one belongs into the other
    const shape = ({ blocks }: { blocks: readonly string[] }): unknown[] => [
      blocks.filter((block) => /^- /.test(block)).length,
      blocks.filter((block) => block.startsWith('|')).map((table) => table.split('\n').length),
      blocks.filter((block) => block.startsWith('```')),
    ]
    expect([chinese.id, chinese.sections.map(shape)]).toEqual([chinese.id, english?.sections.map(shape)])
    for (const { title, blocks } of chinese.sections) expect(title + textOf(blocks)).toMatch(/\p{Script=Han}/u)
  }
})

test('the tour has a place for each of the first steps of the guide, in both languages', () => {
  for (const { sections } of [english, chinese]) expect(stepsOf(sections).length).toBe(TOUR.length)
})

test('sections that the program leads to exist', () => {
  const ids = new Set([...english.sections, ...references(href, 'en')].map(({ id }) => id))
  const asked: string[] = []
  for (const file of globSync('src/renderer/**/*.{ts,tsx}')) {
    const text = readFileSync(file, 'utf8')
    for (const [, topic] of text.matchAll(/\b(?:topic=|help: )["']([a-z-]+)["']/g)) asked.push(topic ?? '')
  }
  expect(asked.length).toBeGreaterThan(5)
  for (const topic of asked) expect(ids).toContain(topic)
})

test('nothing of the guide is lost on its way to the page, and no link leads out of the help', () => {
  const letters = (text: string): string => text.replace(/\[[^\]]*\]\([^)]*\)|[\s#]/g, '')
  for (const [file, guide] of [
    ['docs/using.md', english],
    ['docs/using.zh-CN.md', chinese],
  ] as const) {
    const shown = guide.sections.map(({ title, blocks }) => title + textOf(blocks)).join('\n')
    const written = readFileSync(file, 'utf8').replace(/^[\s\S]*?\n(?=## )/, '')
    expect(letters(shown)).toBe(letters(written))
    expect(shown).not.toMatch(/\]\([^)]*\.md/)
  }
})

test('lines of a paragraph are one block, without a gap between Chinese characters', () => {
  expect(blocksOf('one\ntwo\n\n- a\n  b\n- c\n')).toEqual(['one two', '- a b', '- c'])
  expect(blocksOf('密度、\n语言\n')).toEqual(['密度、语言'])
  expect(blocksOf('| a | b |\n|---|---|\n| 1 | 2 |\ntext')).toEqual(['| a | b |\n|---|---|\n| 1 | 2 |', 'text'])
  expect(blocksOf('```\n- x\n\ny\n```')).toEqual(['```\n- x\n\ny\n```'])
  expect(parseGuide('# T\n\n中文：[x.md](x.md)\n\nLead\nline.\n\n## Bring files\nText.')).toEqual({
    lead: 'Lead line.',
    sections: [{ id: 'bring-files', title: 'Bring files', blocks: ['Text.'] }],
  })
})

test('a question in Chinese is cut into the words it asks for', () => {
  expect(wordsOf('如何保存事故文件？')).toEqual(['保存', '事故', '文件'])
  expect(wordsOf('Trace 怎么对比')).toEqual(['trace', '对比'])
  expect(wordsOf('how do I pin')).toEqual(['pin'])
  expect(wordsOf('的')).toEqual(['的'])
})

test('the help is found by words of either language', () => {
  expect(titles(findIn(english.sections, 'clock correction'))).toContain('Data')
  expect(titles(findIn(english.sections, 'pins'))).toContain('Words')
  expect(titles(findIn(chinese.sections, '怎么校正时钟'))).toContain('数据')
  expect(titles(findIn(chinese.sections, '脱敏'))).toContain('概念')
  expect(titles(findIn(chinese.sections, '正则'))).toContain('查询语言')
  expect(findIn(english.sections, 'xylophone quarks')).toEqual({ found: [], whole: true })
  // not all of it is there: what has the most, said to be so
  const partly = findIn(english.sections, 'passphrase vault xylophone')
  expect([partly.whole, titles(partly)]).toEqual([false, expect.arrayContaining(['Secrets'])])
})
