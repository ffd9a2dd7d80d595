// Reads a promqltest script into its commands.

import { parseMs } from './series-notation.ts'

export interface Load {
  readonly kind: 'load'
  readonly stepMs: number
  readonly withNativeBuckets: boolean
  readonly lines: readonly string[]
}
export interface Expectation {
  readonly type: string
  readonly match: 'msg' | 'regex' | undefined
  readonly text: string
}
export interface Eval {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  /** milliseconds; instant: start = end, no step */
  readonly start: number
  readonly end: number
  readonly step: number | undefined
  readonly expectations: readonly Expectation[]
  readonly rangeVector: { start: number; end: number; step: number } | undefined
  readonly text: string | undefined
  readonly lines: readonly string[]
}
export type Command = { readonly kind: 'clear' } | Load | Eval

const INSTANT = /^eval(?:_(fail|warn|info|ordered))?\s+instant\s+(?:at\s+(\S+))?\s*(.+)$/s
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+?)\s+(.+)$/s

export function readScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => line.trim())
  const out: Command[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    if (line === '' || line.startsWith('#')) continue
    const first = i
    const block = (): string[] => {
      const taken: string[] = []
      while (i + 1 < lines.length && lines[i + 1] !== '' && !/^(eval|load|clear)/.test(lines[i + 1] as string)) {
        i++
        if (!(lines[i] as string).startsWith('#')) taken.push(lines[i] as string)
      }
      return taken
    }
    if (line === 'clear') out.push({ kind: 'clear' })
    else if (line.startsWith('load')) {
      const m = /^load(_with_nhcb)?\s+(\S+)/.exec(line)
      if (!m) throw new Error(`line ${first + 1}: not a load: ${line}`)
      out.push({ kind: 'load', stepMs: parseMs(m[2] as string), withNativeBuckets: m[1] !== undefined, lines: block() })
    } else if (line.startsWith('eval')) out.push(readEval(line, first + 1, block()))
    else throw new Error(`line ${first + 1}: not a command: ${line}`)
  }
  return out
}

function readEval(line: string, number: number, block: readonly string[]): Eval {
  const expectations: Expectation[] = []
  const lines: string[] = []
  let rangeVector: Eval['rangeVector']
  let text: string | undefined
  for (const raw of block) {
    const ranged = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/.exec(raw)
    const quoted = /^expect\s+string\s+(.+)$/.exec(raw)
    const expected = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):\s?(.+))?$/.exec(raw)
    const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(raw)
    if (ranged)
      rangeVector = {
        start: parseMs(ranged[1] as string),
        end: parseMs(ranged[2] as string),
        step: parseMs(ranged[3] as string),
      }
    else if (quoted) text = (quoted[1] as string).slice(1, -1).replace(/\\(["\\])/g, '$1')
    else if (expected)
      expectations.push({
        type: expected[1] as string,
        match: expected[2] as 'msg' | 'regex' | undefined,
        text: expected[3]?.trim() ?? '',
      })
    else if (old)
      expectations.push({ type: 'fail', match: old[1] === 'message' ? 'msg' : 'regex', text: old[2] as string })
    else lines.push(raw)
  }
  const range = RANGE.exec(line)
  const instant = INSTANT.exec(line)
  const suffix = (range ?? instant)?.[1]
  if (suffix !== undefined) expectations.push({ type: suffix, match: undefined, text: '' })
  const common = { kind: 'eval' as const, line: number, expectations, rangeVector, text, lines }
  if (range)
    return {
      ...common,
      query: range[5] as string,
      start: parseMs(range[2] as string),
      end: parseMs(range[3] as string),
      step: parseMs(range[4] as string),
    }
  if (!instant) throw new Error(`line ${number}: not an eval: ${line}`)
  const at = instant[2] === undefined ? 0 : parseMs(instant[2])
  return { ...common, query: instant[3] as string, start: at, end: at, step: undefined }
}
