// Escapes from the rules, counted. scripts/ratchet.json holds the numbers: they may only fall, and when they fall the
// file must say so (`--write` does), so that they cannot rise again unseen.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { report, rootFolder, type SourceFile, sourceFiles } from './lib/files.ts'

const KINDS: Readonly<Record<string, RegExp>> = {
  any: /(?<![\w'"`.])any(?=\s*(?:[[\]>),;|&]|=(?!=)|$))(?<=(?::|<|as|\||&|,)\s*any)/gm,
  castsThroughUnknown: /\bas unknown as\b/g,
  lintDisables: /\b(?:biome-ignore|eslint-disable|oxlint-disable)\b/g,
  tsIgnores: /@ts-(?:ignore|expect-error|nocheck)\b/g,
}
const MAX_LINES = 400

type Counts = Record<string, number>

const withoutComments = (text: string) => text.replace(/^\s*(?:\*|\/\*).*$|\/\*.*?\*\/|(?<!:)\/\/.*$/gm, '')

function count(files: readonly SourceFile[]): { counts: Counts; where: Record<string, string[]> } {
  const counts: Counts = {}
  const where: Record<string, string[]> = {}
  for (const kind of [...Object.keys(KINDS), 'longFiles']) {
    counts[kind] = 0
    where[kind] = []
  }
  for (const file of files) {
    for (const [kind, pattern] of Object.entries(KINDS)) {
      // the word is English too: comments do not count
      const text = kind === 'any' ? withoutComments(file.text) : file.text
      const hits = text.match(pattern)?.length ?? 0
      if (hits === 0) continue
      counts[kind] = (counts[kind] ?? 0) + hits
      where[kind]?.push(`${file.path} (${hits})`)
    }
    if (file.text.split('\n').length <= MAX_LINES + 1) continue
    counts['longFiles'] = (counts['longFiles'] ?? 0) + 1
    where['longFiles']?.push(file.path)
  }
  return { counts, where }
}

const root = rootFolder()
const store = join(root, 'scripts', 'ratchet.json')
const files = sourceFiles(root, [
  'src/**/*.ts',
  'src/**/*.tsx',
  'scripts/**/*.ts',
  'test/**/*.ts',
  '*.config.ts',
]).filter(
  // the patterns themselves, and the violations that the test of the checks writes down
  (file) => file.path !== 'scripts/check-ratchet.ts' && !file.path.startsWith('test/checks/'),
)
const { counts, where } = count(files)
if (process.argv.includes('--write')) {
  writeFileSync(store, `${JSON.stringify(counts, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(counts)}\n`)
  process.exit(0)
}
const known: Counts = existsSync(store) ? (JSON.parse(readFileSync(store, 'utf8')) as Counts) : {}
const problems = Object.entries(counts).flatMap(([kind, now]) => {
  const before = known[kind] ?? 0
  if (now > before) return [`${kind}: ${now}, allowed ${before}: ${where[kind]?.join(', ')}`]
  if (now < before) return [`${kind}: fell from ${before} to ${now}; run node scripts/check-ratchet.ts --write`]
  return []
})
report(problems, `escapes: ${JSON.stringify(counts)}`)
