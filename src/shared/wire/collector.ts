// Where every reader of a format puts what it found: rows by kind, skipped rows by reason, notes. The caller drains it
// between chunks, so that memory stays flat whatever the size of the file.

import type {
  ExemplarRow,
  HappeningRow,
  HistogramRow,
  LogRow,
  ObjectRow,
  SampleRow,
  SpanRow,
  TelemetryBatch,
} from '../domain/telemetry.ts'
import { INTEGER_MARK } from './json/value.ts'

export interface Skipped {
  /** line of the first one, counted from 1 */
  line: number
  reason: string
  /** the first one, cut to 200 characters, control characters made visible */
  example: string
  count: number
}

/** What one reader left out and noted, to be put together with that of others. */
export interface Collected {
  readonly rowsTaken: number
  readonly skipped: readonly Skipped[]
  readonly notes: ReadonlyArray<readonly [text: string, count: number]>
}

const MAX_REASONS = 100
const EXAMPLE_LENGTH = 200

export class Collector {
  spans: SpanRow[] = []
  logs: LogRow[] = []
  samples: SampleRow[] = []
  histograms: HistogramRow[] = []
  exemplars: ExemplarRow[] = []
  objects: ObjectRow[] = []
  happenings: HappeningRow[] = []
  rowsTaken = 0
  rowsSkipped = 0
  readonly #skipped = new Map<string, Skipped>()
  readonly #notes = new Map<string, number>()

  /** Rows waiting to be drained. */
  get pending(): number {
    return (
      this.spans.length +
      this.logs.length +
      this.samples.length +
      this.histograms.length +
      this.exemplars.length +
      this.objects.length +
      this.happenings.length
    )
  }

  /** Counts rows that are left out. Reasons are fixed texts: past a hundred different ones they fall under one name. */
  skip(line: number, reason: string, example: unknown, count = 1): void {
    this.rowsSkipped += count
    const known = this.#skipped.get(reason)
    if (known) {
      known.count += count
      return
    }
    const name = this.#skipped.size >= MAX_REASONS ? 'other reasons' : reason
    const other = this.#skipped.get(name)
    if (other) other.count += count
    else this.#skipped.set(name, { line, reason: name, example: visible(example), count })
  }

  /** Counts something kept that the reader should know about ("span ends before it starts"). */
  note(text: string, count = 1): void {
    this.#notes.set(text, (this.#notes.get(text) ?? 0) + count)
  }

  get collected(): Collected {
    return { rowsTaken: this.rowsTaken, skipped: this.skipped, notes: [...this.#notes] }
  }

  /** Adds what a reader of the next part of the same file found. @param firstLine lines before that part */
  include({ rowsTaken, skipped, notes }: Collected, firstLine: number): void {
    this.rowsTaken += rowsTaken
    for (const { line, reason, example, count } of skipped.toSorted((a, b) => a.line - b.line))
      this.skip(line + firstLine, reason, example, count)
    for (const [text, count] of notes) this.note(text, count)
  }

  get skipped(): Skipped[] {
    return [...this.#skipped.values()].sort((a, b) => b.count - a.count || a.line - b.line)
  }

  get notes(): string[] {
    return [...this.#notes].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`))
  }

  /** Takes the waiting rows out, kinds in a fixed order. */
  drain(): TelemetryBatch[] {
    const out: TelemetryBatch[] = []
    if (this.spans.length > 0) out.push({ kind: 'spans', rows: this.spans })
    if (this.logs.length > 0) out.push({ kind: 'logs', rows: this.logs })
    if (this.samples.length > 0) out.push({ kind: 'samples', rows: this.samples })
    if (this.histograms.length > 0) out.push({ kind: 'histograms', rows: this.histograms })
    if (this.exemplars.length > 0) out.push({ kind: 'exemplars', rows: this.exemplars })
    if (this.objects.length > 0) out.push({ kind: 'objects', rows: this.objects })
    if (this.happenings.length > 0) out.push({ kind: 'happenings', rows: this.happenings })
    this.rowsTaken += this.pending - this.exemplars.length
    this.spans = []
    this.logs = []
    this.samples = []
    this.histograms = []
    this.exemplars = []
    this.objects = []
    this.happenings = []
    return out
  }
}

/** Any value as one short line with control characters as their Unicode pictures. */
export function visible(value: unknown): string {
  const text = typeof value === 'string' ? value.slice(0, EXAMPLE_LENGTH + 1) : shortJson(value)
  let out = ''
  for (const char of text) {
    const code = char.charCodeAt(0)
    if (code < 0x20) out += String.fromCharCode(0x2400 + code)
    else if (code === 0x7f) out += '\u2421'
    else if (code >= 0x80 && code < 0xa0) out += '\ufffd'
    else if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) out += '\ufffd'
    else out += char
    if (out.length >= EXAMPLE_LENGTH) return `${out}…`
  }
  return out
}

/** JSON of the first keys only: an example of a 100 MB object must not cost 100 MB. */
function shortJson(value: unknown, depth = 0): string {
  // as it stands in the file
  if (typeof value === 'string' && value.startsWith(INTEGER_MARK)) return value.slice(INTEGER_MARK.length)
  if (typeof value === 'string') return JSON.stringify(value.slice(0, EXAMPLE_LENGTH))
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > 3) return '…'
  const parts: string[] = []
  let length = 0
  for (const [key, inner] of Object.entries(value)) {
    const text = shortJson(inner, depth + 1)
    const part = Array.isArray(value) ? text : `${JSON.stringify(key)}:${text}`
    parts.push(part)
    length += part.length
    if (length > EXAMPLE_LENGTH) break
  }
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
}
