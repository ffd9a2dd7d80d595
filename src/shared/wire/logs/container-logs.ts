// Files of container runtimes: Docker's json-file driver and CRI (containerd, CRI-O). Both cut long lines into parts, which
// are joined here; both carry the time to the nanosecond.
// https://docs.docker.com/engine/logging/drivers/json-file/
// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md

import type { Head, WireFormat } from '../format.ts'
import { jsonLineReader } from '../json/records.ts'
import { Lines } from '../json/lines.ts'
import { isObject, textOf } from '../json/value.ts'
import { NOTHING_LATE, type ReadOptions, type WireReader } from '../reader.ts'
import { contentOf, fill, filling, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'

/** Parts of one line are joined up to this many characters. */
const MAX_JOINED = 1_000_000

interface Entry {
  time: bigint | undefined
  text: string
  line: number
  cut: number
  extra: Readonly<Record<string, unknown>> | undefined
}

/** Joins the parts of each stream's lines and takes them as rows. */
class ContainerLines {
  readonly #logs: LogTaker
  readonly #options: ReadOptions
  readonly #open = new Map<string, Entry>()

  constructor(options: ReadOptions) {
    this.#options = options
    this.#logs = new LogTaker(options)
  }

  part(
    stream: string,
    time: bigint | undefined,
    text: string,
    isLast: boolean,
    line: number,
    extra?: Entry['extra'],
  ): void {
    let entry = this.#open.get(stream)
    if (entry === undefined) {
      entry = { time, text, line, cut: 0, extra }
      if (!isLast) this.#open.set(stream, entry)
    } else if (entry.text.length + text.length > MAX_JOINED) entry.cut += text.length
    else entry.text += text
    if (!isLast) return
    this.#open.delete(stream)
    this.#take(stream, entry)
  }

  skip(line: number, reason: string, raw: unknown): void {
    this.#logs.skip(line, reason, raw)
  }

  end(): void {
    for (const [stream, entry] of this.#open) {
      this.#options.into.note('the last line ends in the middle')
      this.#take(stream, entry)
    }
    this.#open.clear()
  }

  #take(stream: string, entry: Entry): void {
    const attributes = filling()
    fill(attributes, 'log.iostream', stream)
    for (const [key, value] of Object.entries(entry.extra ?? {})) fill(attributes, key, value)
    if (entry.cut > 0) {
      fill(attributes, 'log.characters_left_out', entry.cut)
      this.#options.into.note('a line past 1 MB is cut there; log.characters_left_out counts the rest')
    }
    const content = contentOf(entry.text, attributes, this.#logs.near)
    this.#logs.take({ ...content, time: entry.time, attributes }, entry.text, entry.line)
  }
}

export function dockerJsonReader(options: ReadOptions): WireReader {
  const lines = new ContainerLines(options)
  const reader = jsonLineReader(options, (raw, line) => {
    const text = isObject(raw) && typeof raw.log === 'string' ? raw.log : undefined
    if (!isObject(raw) || text === undefined) {
      lines.skip(line, 'a line without "log"', raw)
      return
    }
    const isLast = text.endsWith('\n')
    const body = isLast ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text
    lines.part(
      textOf(raw.stream),
      fieldTime(raw.time, 'rfc3339', 'UTC'),
      body,
      isLast,
      line,
      isObject(raw.attrs) ? raw.attrs : undefined,
    )
  })
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      reader.end()
      lines.end()
    },
    late: NOTHING_LATE,
  }
}

const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP](?::\S*)?) ?(.*)$/s

export function criReader(options: ReadOptions): WireReader {
  const joined = new ContainerLines(options)
  const lines = new Lines({
    line(text, number) {
      const m = CRI.exec(text)
      if (m) joined.part(m[2] as string, fieldTime(m[1], 'rfc3339', 'UTC'), m[4] as string, m[3]?.[0] === 'F', number)
      else if (text.trim() !== '') joined.skip(number, 'a line that is not of the CRI format', text)
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end()
      joined.end()
    },
    late: NOTHING_LATE,
  }
}

export const dockerJson: WireFormat<'docker-json'> = {
  name: 'docker-json',
  sniff(head: Head) {
    const value = head.json?.value
    if (!isObject(value) || typeof value.log !== 'string' || typeof value.time !== 'string') return undefined
    return Object.keys(value).every((key) => key === 'log' || key === 'stream' || key === 'time' || key === 'attrs')
      ? { confidence: 0.98, layout: 'lines', timeUnit: 'rfc3339' }
      : undefined
  },
  open: dockerJsonReader,
}

export const cri: WireFormat<'cri'> = {
  name: 'cri',
  sniff(head: Head) {
    const lines = head.lines.slice(0, 100)
    const share = lines.filter((line) => CRI.test(line)).length / Math.max(1, lines.length)
    return share > 0.8 ? { confidence: 0.98 * share, layout: 'lines', timeUnit: 'rfc3339' } : undefined
  },
  open: criReader,
}
