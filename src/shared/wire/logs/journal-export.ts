// `journalctl -o export` (bytes: a field with a line end or a control character has its length before it) and `-o verbose` (for
// people: a field a line, what is no text only by its size) to log rows, as the journal's JSON tells them.
// https://systemd.io/JOURNAL_EXPORT_FORMATS/

import { WatchdeckError } from '../../base/errors.ts'
import type { WireFormat } from '../format.ts'
import { concat, Lines } from '../json/lines.ts'
import { NOTHING_LATE, type ReadOptions, type WireReader } from '../reader.ts'
import { journalTaker } from './journald.ts'

/** A field, or an entry, past this is no log line. */
const MAX_FIELD = 64 * 1024 * 1024
const NEWLINE = 10
const CARRIAGE_RETURN = 13
const decoder = new TextDecoder()

/** The fields of an entry as they come; those given several times are lists. */
class Entry {
  readonly #fields = new Map<string, string | string[]>()
  /** where it began */
  line = 0

  get isEmpty(): boolean {
    return this.#fields.size === 0
  }

  add(name: string, value: string): void {
    const before = this.#fields.get(name)
    if (before === undefined) this.#fields.set(name, value)
    else if (Array.isArray(before)) before.push(value)
    else this.#fields.set(name, [before, value])
  }

  /** Its fields, and none from here on. */
  take(): Record<string, string | string[]> {
    const fields = Object.fromEntries(this.#fields)
    this.#fields.clear()
    return fields
  }
}

function exportReader(options: ReadOptions): WireReader {
  const take = journalTaker(options)
  const entry = new Entry()
  let held: Uint8Array[] = []
  let heldBytes = 0
  /** bytes that must be there before reading can go on */
  let needed = 0
  let line = 1
  let entryBytes = 0
  const ended = () => {
    entryBytes = 0
    if (!entry.isEmpty) take(entry.take(), entry.line)
  }
  const text = (bytes: Uint8Array) => decoder.decode(bytes)

  /** Reads a field, or the end of an entry. @returns where it ends; undefined when it is not all there */
  const field = (bytes: Uint8Array, from: number): number | undefined => {
    const end = bytes.indexOf(NEWLINE, from)
    if (end < 0) {
      if (bytes.length - from > MAX_FIELD) throw tooLong(line)
      return undefined
    }
    if (end === from) {
      ended()
      line++
      return end + 1
    }
    const head = bytes.subarray(from, end)
    if (head.length === 1 && head[0] === CARRIAGE_RETURN)
      throw new WatchdeckError(
        'corrupt',
        'This export of the journal was changed on the way: its line ends are CRLF.',
        {
          hint: 'Copy the file as it is, without conversion of line ends.',
        },
      )
    entryBytes += end - from
    const equals = head.indexOf(61)
    if (entry.isEmpty) entry.line = line
    if (entryBytes > MAX_FIELD) throw tooLong(entry.line)
    if (equals >= 0) {
      entry.add(text(head.subarray(0, equals)), text(head.subarray(equals + 1)))
      line++
      return end + 1
    }
    const data = end + 9
    if (bytes.length < data) return undefined
    const size = new DataView(bytes.buffer, bytes.byteOffset + end + 1, 8).getBigUint64(0, true)
    if (size > BigInt(MAX_FIELD)) throw tooLong(line)
    const stop = data + Number(size)
    if (bytes.length <= stop) {
      needed = stop + 1 - from
      return undefined
    }
    if (bytes[stop] !== NEWLINE)
      throw new WatchdeckError(
        'corrupt',
        `Field ${JSON.stringify(text(head))} of the journal at line ${line} has no end.`,
      )
    entry.add(text(head), text(bytes.subarray(data, stop)))
    entryBytes += Number(size)
    line += 2
    return stop + 1
  }

  const read = () => {
    const [only] = held
    const bytes = held.length === 1 && only ? only : concat(held, heldBytes)
    needed = 0
    let at = 0
    for (let next = field(bytes, at); next !== undefined; next = field(bytes, at)) at = next
    held = at < bytes.length ? [bytes.slice(at)] : []
    heldBytes = bytes.length - at
    // what comes in many parts is not put together again with every one of them
    needed = Math.max(needed, 2 * heldBytes)
  }
  return {
    push(chunk) {
      heldBytes += chunk.length
      const isEnough = heldBytes >= needed
      // what waits is a copy: the caller may reuse its chunk
      held.push(isEnough ? chunk : chunk.slice())
      if (isEnough) read()
    },
    end() {
      read()
      const [cut] = held
      if (cut === undefined) ended()
      else {
        // the copy was stopped, or the disk full: what is whole before it is kept
        const at = entry.isEmpty ? line : entry.line
        entry.take()
        options.into.skip(at, 'the journal ends in the middle of this entry', text(cut.subarray(0, 1000)))
      }
    },
    late: NOTHING_LATE,
  }
}

const tooLong = (line: number): WatchdeckError =>
  new WatchdeckError('limit_exceeded', `A field of the journal at line ${line} is larger than 64 MB.`)

/** `Mon 2026-11-30 07:10:08.984479 UTC [s=..;i=..;b=..;m=..;t=66179199dfab9;x=..]`: t is the time in microseconds. */
const VERBOSE_HEAD = /^\S.{5,60} \[s=[0-9a-f]+;i=[0-9a-f]+;(?:[a-z]=[0-9a-f]+;)*t=([0-9a-f]{1,16});x=[0-9a-f]+\]$/
const VERBOSE_FIELD = /^ {4}([A-Z_][A-Z0-9_]*)=(.*)$/

function verboseReader(options: ReadOptions): WireReader {
  const take = journalTaker(options)
  const entry = new Entry()
  let open: { name: string; parts: string[] } | undefined
  const closed = () => {
    if (open !== undefined) entry.add(open.name, open.parts.join('\n'))
    open = undefined
  }
  const ended = () => {
    closed()
    if (!entry.isEmpty) take(entry.take(), entry.line)
  }
  const lines = new Lines({
    line(text, number) {
      const head = VERBOSE_HEAD.exec(text)
      if (head) {
        ended()
        entry.line = number
        entry.add('__REALTIME_TIMESTAMP', String(BigInt(`0x${head[1]}`)))
        return
      }
      const [, name, value] = VERBOSE_FIELD.exec(text) ?? []
      if (name !== undefined && value !== undefined && !entry.isEmpty) {
        closed()
        open = { name, parts: [value] }
      } else if (open !== undefined && text.startsWith(' '.repeat(5 + open.name.length)))
        open.parts.push(text.slice(5 + open.name.length))
      else if (text.trim() !== '') options.into.skip(number, 'a line that is no field of the journal', text)
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end()
      ended()
    },
    late: NOTHING_LATE,
  }
}

export const journalExport: WireFormat<'journald-export'> = {
  name: 'journald-export',
  binary: true,
  sniff(head) {
    const start = decoder.decode(head.bytes.subarray(0, 4096))
    if (/^\n*__CURSOR=s=/.test(start) && /^__REALTIME_TIMESTAMP=\d{1,20}$/m.test(start))
      return { confidence: 0.99, layout: 'export', timeUnit: 'us' }
    const [first = '', second = ''] = start.split(/\r?\n/).filter((line) => !line.startsWith('-- '))
    return VERBOSE_HEAD.test(first) && VERBOSE_FIELD.test(second)
      ? { confidence: 0.99, layout: 'verbose', timeUnit: 'us' }
      : undefined
  },
  open: (options) => (options.layout === 'verbose' ? verboseReader(options) : exportReader(options)),
}
