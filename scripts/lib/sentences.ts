// The sentences that people read, found in the engine's source: what stands where an error, a hint, a step of progress
// or a reason for skipping is made.

import { parseSync } from 'oxc-parser'
import type { SourceFile } from './files.ts'

export interface Sentence {
  /** `{}` for each value */
  readonly text: string
  readonly path: string
  readonly line: number
}

/** Calls whose texts people read. */
const CALLS = new Set(
  'WatchdeckError corrupt queryError evaluationError refused skip note wrong unavailable progress tooMuch bad badRegex labelName expect fail damaged missing ProtobufError'.split(
    ' ',
  ),
)
/** Fields whose texts people read. */
const FIELDS = new Set('hint message reason problem problems note'.split(' '))
/** Lists of texts that people read, by the name of their variable. */
const LISTS = new Set('problems remarks notes'.split(' '))

const SQL = /\b(SELECT|FROM|WHERE|JOIN|NULL|AS|IN)\b/

type Node = Readonly<Record<string, unknown>>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

function nameOf(node: unknown): string {
  if (!isNode(node)) return ''
  if (typeof node['name'] === 'string') return node['name']
  return nameOf(node['property'])
}

/** `list` of `list.push`. */
function listOf(callee: unknown): string {
  return isNode(callee) && nameOf(callee['property']) === 'push' ? nameOf(callee['object']) : ''
}

/** Only a text of words is a sentence: `a.b`, `UTF-8` and what is all values need no translation. */
function isSentence(text: string): boolean {
  return /[a-z]{2,} (?:[A-Za-z{"]|\{\})/.test(text) && !SQL.test(text)
}

export function sentencesOf(file: SourceFile): Sentence[] {
  const found: Sentence[] = []
  const take = (text: string, start: unknown): void => {
    if (!isSentence(text)) return
    const before = file.text.slice(0, typeof start === 'number' ? start : 0)
    found.push({ text, path: file.path, line: before.split('\n').length })
  }
  /** within a place that people read: literals, and the branches of conditions */
  const read = (node: unknown): void => {
    if (!isNode(node)) return
    switch (node['type']) {
      case 'Literal':
        if (typeof node['value'] === 'string') take(node['value'], node['start'])
        return
      case 'TemplateLiteral': {
        const quasis = node['quasis'] as ReadonlyArray<{ value: { cooked: string } }>
        take(quasis.map((quasi) => quasi.value.cooked).join('{}'), node['start'])
        return
      }
      case 'ConditionalExpression':
        read(node['consequent'])
        read(node['alternate'])
        return
      case 'LogicalExpression':
        read(node['left'])
        read(node['right'])
        return
      case 'ArrayExpression':
        for (const element of node['elements'] as readonly unknown[]) read(element)
        return
      default:
    }
  }
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk)
    if (!isNode(node)) return
    const { type } = node
    if ((type === 'CallExpression' || type === 'NewExpression') && CALLS.has(nameOf(node['callee'])))
      for (const argument of node['arguments'] as readonly unknown[]) read(argument)
    if (type === 'CallExpression' && LISTS.has(listOf(node['callee'])))
      for (const argument of node['arguments'] as readonly unknown[]) read(argument)
    if (type === 'VariableDeclarator' && LISTS.has(nameOf(node['id']))) read(node['init'])
    if (type === 'Property' && FIELDS.has(nameOf(node['key']))) read(node['value'])
    for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value)
  }
  walk(parseSync(file.path, file.text).program)
  return found
}
