// What a file is, from its content: compression, encoding, format, with how sure that is. Never by its name alone.

import chardet from 'chardet'
import type { Mapping } from '../../shared/contract/import.ts'
import { type Head, headOf, type Sniffed, type WireFormat } from '../../shared/wire/format.ts'
import type { LogMapping } from '../../shared/wire/logs/options.ts'
import type { TimeUnit } from '../../shared/wire/logs/time.ts'
import type { Encoding } from './bytes.ts'
import { ALL_FORMATS, type Format, formatNamed, LAST } from './formats.ts'

export interface Detected {
  format: Format
  /** a variant of the format that its reader knows */
  layout: string
  confidence: number
  timeUnit: TimeUnit
  mapping: Mapping
  /** the parts of the mapping that mean something for this format */
  mapped: ReadonlyArray<keyof LogMapping>
  fields: string[]
  problems: string[]
}

export function encodingOf(head: Uint8Array, whole: boolean): { encoding: Encoding; problem?: string } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8' }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le' }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be' }
  const zeros = [0, 0]
  const probe = head.subarray(0, 4096)
  probe.forEach((byte, i) => {
    if (byte === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1
  })
  const [even, odd] = zeros as [number, number]
  if (odd > probe.length * 0.3 && even < probe.length * 0.02) return { encoding: 'utf-16le' }
  if (even > probe.length * 0.3 && odd < probe.length * 0.02) return { encoding: 'utf-16be' }
  if (isUtf8(head, whole)) return { encoding: 'utf-8' }
  if (isMostlyUtf8(head)) return { encoding: 'utf-8', problem: 'some bytes are no UTF-8 and are shown as U+FFFD' }
  if (isChinese(head)) return { encoding: 'gb18030' }
  const guesses = chardet.analyse(head.subarray(0, 65_536))
  const chinese = guesses.find((g) => /^GB/i.test(g.name))
  const best = guesses[0]
  // chardet names Big5, EUC and GB18030 for the same bytes; of the encodings read here only GB18030 is multi-byte.
  if (best !== undefined && /^UTF-8/i.test(best.name) && best.confidence > 60)
    return { encoding: 'utf-8', problem: 'some bytes are no UTF-8 and are shown as U+FFFD' }
  if (
    chinese !== undefined &&
    (chinese === best || chinese.confidence >= 50 || /^(Big5|EUC|Shift)/i.test(best?.name ?? ''))
  )
    return { encoding: 'gb18030' }
  return { encoding: 'latin1', problem: 'the text is no UTF-8; it is read as Latin-1 (Windows-1252)' }
}

/** Valid GB18030 whose characters stand in runs: a pair of Latin-1 umlauts makes one character, a sentence makes many. */
function isChinese(bytes: Uint8Array): boolean {
  let text: string
  try {
    text = new TextDecoder('gb18030', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return false
  }
  const others = text.match(/[^\p{ASCII}]/gu)?.length ?? 0
  const inRuns = (text.match(/[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]{2,}/g) ?? []).join('').length
  return others > 0 && inRuns >= others * 0.7
}

function isUtf8(bytes: Uint8Array, whole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole })
    return true
  } catch {
    return false
  }
}

/** Text of UTF-8 with a few broken bytes among it (a binary line in a journal): other encodings make no such sequences. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true })
  const broken = text.match(/\ufffd/g)?.length ?? 0
  const whole = text.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0
  return whole > 4 * broken && whole >= 3
}

export function isBinary(text: string): boolean {
  let control = 0
  const length = Math.min(text.length, 16_384)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (
      code === 0 ||
      (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27) ||
      code === 0xfffd
    )
      control++
  }
  return control > length * 0.02
}

const UNKNOWN: Omit<Detected, 'problems'> = {
  format: 'unknown',
  layout: 'text',
  confidence: 0,
  timeUnit: 'none',
  mapping: {},
  mapped: [],
  fields: [],
}

/** What a file is, from its head; what a person chose goes before what was found. */
export function detect(given: Omit<Parameters<typeof headOf>[0], 'chosen' | 'isBinary'>, chosen: Mapping): Detected {
  const head = headOf({ ...given, isBinary: isBinary(given.text), chosen: fieldsOf(chosen) })
  if (given.bytes.length === 0 || (!head.isBinary && given.text.trim() === ''))
    return { ...UNKNOWN, problems: ['the file is empty'] }
  if (chosen.format !== undefined) return asChosen(chosen.format, head, chosen)
  const best = bestOf(head)
  return best === undefined
    ? { ...UNKNOWN, problems: ['the file is binary'] }
    : asDetected(best.format, best.sniffed, chosen)
}

/** The surest; of equals the first. Text that nothing knows is a plain log. */
function bestOf(head: Head): { format: WireFormat<Format>; sniffed: Sniffed } | undefined {
  let best: { format: WireFormat<Format>; sniffed: Sniffed } | undefined
  for (const format of ALL_FORMATS) {
    // a file that looks like text may be a small one of a binary format; what is binary is no text
    if (head.isBinary && format.binary !== true) continue
    if (format === LAST && best !== undefined) continue
    const sniffed = format.sniff(head)
    if (sniffed !== undefined && (best === undefined || sniffed.confidence > best.sniffed.confidence))
      best = { format, sniffed }
  }
  return best
}

function asChosen(name: Format, head: Head, chosen: Mapping): Detected {
  const format = formatNamed(name)
  if (format === undefined) return { ...UNKNOWN, problems: [`the format ${name} cannot be chosen`] }
  const sniffed = format.sniff(head)
  // a shape that is not recognised is read as the format's usual one: whoever chose it knows better
  const layout = sniffed?.layout ?? (head.json?.lines || head.linesFollow ? 'lines' : 'document')
  return asDetected(format, { ...sniffed, layout, confidence: 1 }, chosen)
}

/** What was found, with what the person chose on top. */
export function asDetected(
  format: Pick<WireFormat<Format>, 'name' | 'mapped'>,
  sniffed: Sniffed,
  chosen: Mapping,
): Detected {
  const mapped = format.mapped ?? []
  return {
    format: format.name,
    layout: sniffed.layout ?? 'document',
    confidence: sniffed.confidence,
    timeUnit: (mapped.includes('timeUnit') ? chosen.timeUnit : undefined) ?? sniffed.timeUnit ?? 'none',
    mapping: { ...plainMapping(sniffed.mapping), ...withoutAuto(chosen), format: format.name },
    mapped,
    fields: [...(sniffed.fields ?? [])],
    problems: [...(sniffed.problems ?? [])],
  }
}

function fieldsOf(mapping: Mapping): LogMapping {
  const { format: _, encoding: __, ...rest } = mapping
  return rest
}

/** As plain data that can be sent: lists of its own, nothing that is undefined. */
function plainMapping(mapping: LogMapping | undefined): Mapping {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(mapping ?? {}))
    if (value !== undefined) out[key] = Array.isArray(value) ? [...(value as readonly unknown[])] : value
  return out as Mapping
}

/** 'auto' says what leaving a field out says. */
function withoutAuto(mapping: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).filter(([, value]) => value !== 'auto' && value !== undefined),
  ) as Mapping
}
