// What a file is, from its content: compression, encoding, format, with how sure that is. Never by its name alone.

import chardet from 'chardet'
import type { Mapping } from '../../shared/contract/import.ts'
import { isObject, type JsonObject, parseJson } from '../../shared/wire/json/value.ts'
import { fieldAt, findField, type LogField } from '../../shared/wire/logs/json-log.ts'
import { parseLine } from '../../shared/wire/logs/plain-log.ts'
import { type TimeUnit, unitOfValue } from '../../shared/wire/logs/time.ts'
import type { Encoding } from './bytes.ts'

export type Format = NonNullable<Mapping['format']>
/** How a format is laid out in the file: one document, one value a line, a variant of its text. */
export type Layout = 'document' | 'lines' | 'array' | 'yaml' | 'openmetrics' | 'prometheus' | 'text'

export interface Detected {
  format: Format
  layout: Layout
  confidence: number
  timeUnit: TimeUnit
  mapping: Mapping
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
  fields: [],
}

/** @param text the decoded head of the content; @param whole it is all of it */
export function detect(text: string, whole: boolean, chosen: Mapping, fileTime: bigint): Detected {
  const trimmed = text.trimStart()
  if (trimmed === '') return { ...UNKNOWN, problems: ['the file is empty'] }
  if (isBinary(text) && chosen.format === undefined) return { ...UNKNOWN, problems: ['the file is binary'] }
  const found =
    trimmed[0] === '{' || trimmed[0] === '['
      ? (detectJson(trimmed, whole, chosen) ?? detectPlain(text, whole, chosen, fileTime))
      : (detectYaml(text) ??
        detectExposition(text, chosen) ??
        detectNdjsonAfterNoise(text, chosen) ??
        detectPlain(text, whole, chosen, fileTime))
  if (chosen.format === undefined || chosen.format === found.format) return found
  return forced(text, whole, chosen, chosen.format, fileTime)
}

function forced(text: string, whole: boolean, chosen: Mapping, format: Format, fileTime: bigint): Detected {
  if (format === 'plain-log') return { ...detectPlain(text, whole, chosen, fileTime), confidence: 1 }
  const first = firstJson(text.trimStart(), whole)
  if (format === 'ndjson') return jsonLogs(first?.lines === false ? 'array' : 'lines', first?.value, chosen, 1)
  const layout: Layout =
    format === 'openmetrics'
      ? 'openmetrics'
      : format === 'kubernetes' && !/^\s*[{[]/.test(text)
        ? 'yaml'
        : first?.lines
          ? 'lines'
          : 'document'
  return {
    format,
    layout,
    confidence: 1,
    timeUnit: (format === 'openmetrics' ? chosen.timeUnit : undefined) ?? FIXED_UNITS[format] ?? 'none',
    mapping: { ...chosen, format },
    fields: [],
    problems: [],
  }
}

const FIXED_UNITS: Partial<Record<Format, TimeUnit>> = {
  'otlp-json': 'ns',
  'jaeger-json': 'us',
  'prometheus-json': 's',
  openmetrics: 's',
  kubernetes: 'rfc3339',
}

/** The first value of the text, and whether the file holds one value a line. */
function firstJson(text: string, whole: boolean): { value: unknown; lines: boolean } | undefined {
  const newline = text.indexOf('\n')
  const line = newline < 0 ? (whole ? text : undefined) : text.slice(0, newline)
  if (line !== undefined) {
    try {
      const value = parseJson(line)
      return { value, lines: newline >= 0 && text.slice(newline).trim() !== '' }
    } catch {
      // Not one value a line: the text below may still be one document.
    }
  }
  if (!whole) return undefined
  try {
    return { value: parseJson(text), lines: false }
  } catch {
    return undefined
  }
}

function detectJson(text: string, whole: boolean, chosen: Mapping): Detected | undefined {
  const first = firstJson(text, whole)
  const probe = Array.isArray(first?.value) ? (first.value as unknown[])[0] : first?.value
  const format = isObject(probe) ? formatOfObject(probe) : formatOfText(text)
  const layout: Layout = first?.lines ? 'lines' : 'document'
  if (format !== undefined && format !== 'ndjson')
    return {
      format,
      layout,
      confidence: isObject(probe) ? 0.99 : 0.9,
      timeUnit: FIXED_UNITS[format] ?? 'none',
      mapping: { ...chosen, format },
      fields: [],
      problems: [],
    }
  if (first === undefined && /^\[[A-Z\d]/.test(text)) return undefined
  if (first === undefined && text[0] === '[' && !/^\[\s*[{\]]/.test(text)) return undefined
  const lines =
    first?.lines === true ||
    (first === undefined && /^\{.*\n/.test(text) && /\n\{/.test(text) && !/^\{\s*\n/.test(text))
  return jsonLogs(lines ? 'lines' : 'array', probe ?? firstGoodLine(text), chosen, first === undefined ? 0.5 : 0.9)
}

function firstGoodLine(text: string): unknown {
  for (const line of text.split('\n').slice(0, 50)) {
    try {
      const value = parseJson(line)
      if (isObject(value)) return value
    } catch {
      // The next line may be whole.
    }
  }
  return undefined
}

/** A file of JSON lines that begins with words of the runtime. */
function detectNdjsonAfterNoise(text: string, chosen: Mapping): Detected | undefined {
  const lines = text
    .split('\n')
    .slice(0, 200)
    .filter((line) => line.trim() !== '')
  const json = lines.filter((line) => line.startsWith('{'))
  return json.length * 2 > lines.length ? jsonLogs('lines', firstGoodLine(text), chosen, 0.6) : undefined
}

function formatOfObject(value: JsonObject): Format | undefined {
  const inner = isObject(value.result) ? value.result : value
  if (['resourceSpans', 'resourceLogs', 'resourceMetrics'].some((key) => Array.isArray(inner[key]))) return 'otlp-json'
  if (Array.isArray(value.batches) && isObject(value.batches[0]) && 'resource' in value.batches[0]) return 'otlp-json'
  const data = value.data
  if (typeof value.resultType === 'string' && 'result' in value) return 'prometheus-json'
  if (isObject(data) && 'resultType' in data) return 'prometheus-json'
  if (value.status === 'error' && typeof value.errorType === 'string') return 'prometheus-json'
  if (typeof value.traceID === 'string' && Array.isArray(value.spans)) return 'jaeger-json'
  if (
    Array.isArray(data) &&
    (data.length === 0 ? 'errors' in value : isObject(data[0]) && 'traceID' in data[0] && 'spans' in data[0])
  )
    return 'jaeger-json'
  const api = value.apiVersion
  if (typeof api === 'string' && typeof value.kind === 'string' && !api.startsWith('audit.k8s.io')) return 'kubernetes'
  if (typeof value.type === 'string' && isObject(value.object) && 'apiVersion' in value.object) return 'kubernetes'
  return undefined
}

/** The same from the text of a document too large to parse for this. */
function formatOfText(text: string): Format | undefined {
  const head = text.slice(0, 20_000)
  if (/"resource(Spans|Logs|Metrics)"\s*:\s*\[/.test(head)) return 'otlp-json'
  if (/"resultType"\s*:\s*"(matrix|vector|scalar)"/.test(head)) return 'prometheus-json'
  if (/"traceID"\s*:/.test(head) && /"spans"\s*:\s*\[/.test(head)) return 'jaeger-json'
  if (/"apiVersion"\s*:\s*"(?!audit)/.test(head) && (/"kind"\s*:/.test(head) || /"items"\s*:\s*\[/.test(head)))
    return 'kubernetes'
  return undefined
}

function jsonLogs(layout: Layout, probe: unknown, chosen: Mapping, confidence: number): Detected {
  const record = isObject(probe) ? probe : {}
  const inner = isObject(record._source) ? record._source : record
  const mapping: Mapping = { ...chosen, format: 'ndjson' }
  for (const field of [
    'time',
    'level',
    'message',
    'service',
    'traceId',
    'spanId',
  ] as const satisfies readonly LogField[]) {
    if (mapping[field] !== undefined && mapping[field] !== 'auto') continue
    const name = findField(inner, field)
    if (name !== undefined) mapping[field] = name
    else delete mapping[field]
  }
  const timeUnit =
    chosen.timeUnit ?? (mapping.time === undefined ? 'none' : (unitOfValue(fieldAt(inner, mapping.time)) ?? 'pattern'))
  const problems =
    mapping.time === undefined && chosen.timeUnit !== 'none'
      ? ['no field looks like a time; choose one, or "none" to use the time of the file']
      : []
  if (mapping.message === undefined) problems.push('no field looks like a message; the whole record is shown')
  mapping.timeZone ??= 'UTC'
  const known = mapping.time === undefined ? 0.6 : 1
  return {
    format: 'ndjson',
    layout,
    confidence: confidence * known,
    timeUnit,
    mapping,
    fields: fieldNames(inner),
    problems,
  }
}

function fieldNames(record: JsonObject, prefix = '', depth = 0): string[] {
  const out: string[] = []
  for (const [key, value] of Object.entries(record).slice(0, 500)) {
    out.push(prefix + key)
    if (isObject(value) && depth < 4) out.push(...fieldNames(value, `${prefix}${key}.`, depth + 1))
    if (out.length > 1000) break
  }
  return out
}

function detectYaml(text: string): Detected | undefined {
  if (!/^(?:---[^\n]*\n|#[^\n]*\n|\s*\n)*(?:apiVersion|kind|items|metadata):/.test(text)) return undefined
  if (!/^apiVersion:\s*\S/m.test(text) && !/^\s+apiVersion:|^- apiVersion:/m.test(text)) return undefined
  return {
    format: 'kubernetes',
    layout: 'yaml',
    confidence: 0.95,
    timeUnit: 'rfc3339',
    mapping: { format: 'kubernetes' },
    fields: [],
    problems: [],
  }
}

const SAMPLE =
  /^(?:[a-zA-Z_:][a-zA-Z0-9_:]*\s*(?:\{.*\})?|\{.*\})\s+[+-]?(?:\d[\d.eE+-]*|NaN|Inf)(?:\s+-?[\d.]+)?(?:\s+# \{.*)?$/i

function detectExposition(text: string, chosen: Mapping): Detected | undefined {
  const lines = text
    .split('\n')
    .slice(0, 400)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length > 1) lines.pop()
  if (lines.length === 0) return undefined
  const comments = lines.filter((line) => /^# (TYPE|HELP|UNIT) \S|^# EOF$/.test(line)).length
  const samples = lines.filter((line) => SAMPLE.test(line)).length
  const share = (comments + samples) / lines.length
  if (share < 0.8 || (comments === 0 && samples < 2)) return undefined
  const isOpen = /^# UNIT |^# EOF|^# TYPE \S+ (unknown|info|stateset|gaugehistogram)/m.test(text) || / # \{/.test(text)
  const milliseconds = lines.some((line) => /\s\d{12,15}$/.test(line))
  return {
    format: 'openmetrics',
    layout: isOpen ? 'openmetrics' : 'prometheus',
    confidence: comments > 0 ? 0.98 : 0.7,
    timeUnit: chosen.timeUnit ?? (milliseconds ? 'ms' : 's'),
    mapping: { ...chosen, format: 'openmetrics' },
    fields: [],
    problems: [],
  }
}

function detectPlain(text: string, whole: boolean, chosen: Mapping, fileTime: bigint): Detected {
  const near = new Date(Number(fileTime / 1_000_000n))
  const lines = text.split('\n').slice(0, 500)
  if (!whole && lines.length > 1) lines.pop()
  const full = lines.map((line) => line.replace(/\r$/, '')).filter((line) => line.trim() !== '')
  let matched = 0
  let epoch = 0
  const names = new Map<string, number>()
  let unit: TimeUnit = 'none'
  for (const line of full) {
    const found = parseLine(line.slice(0, 20_000), near)
    if (!found) continue
    matched++
    names.set(found.layout.name, (names.get(found.layout.name) ?? 0) + 1)
    if (found.parts.epoch !== undefined) {
      epoch++
      unit = unitOfValue(Number(found.parts.epoch)) ?? unit
    } else unit = 'pattern'
  }
  const mapping: Mapping = { timeZone: 'UTC', ...chosen, format: 'plain-log' }
  const problems: string[] = []
  if (matched === 0) problems.push('no line begins with a time that is known; every line gets the time of the file')
  if (names.size > 1) problems.push(`several layouts: ${[...names.keys()].join(', ')}`)
  return {
    format: 'plain-log',
    layout: 'text',
    confidence: matched === 0 ? 0.2 : Math.min(0.95, 0.5 + (0.5 * matched) / full.length),
    timeUnit: chosen.timeUnit ?? (epoch > 0 && epoch === matched ? unit : matched > 0 ? 'pattern' : 'none'),
    mapping,
    fields: [],
    problems,
  }
}
