// What a format is to the import: how it is told from its first bytes, and its reader. src/main/import/formats.ts lists them.

import { parseJson } from './json/value.ts'
import type { LogMapping, LogReadOptions } from './logs/options.ts'
import type { TimeUnit } from './logs/time.ts'
import type { WireReader } from './reader.ts'

/** The first 256 KB of a file, unpacked. */
export interface Head {
  /** as they are in the file */
  readonly bytes: Uint8Array
  /** the same as text, in the encoding found; of a binary file it means nothing */
  readonly text: string
  /** nothing follows the head */
  readonly whole: boolean
  readonly isBinary: boolean
  /** what the person chose so far */
  readonly chosen: LogMapping
  /** epoch nanoseconds of the file itself */
  readonly fileTime: bigint
  /** bytes of the whole file, unpacked, where that is known without reading it */
  readonly fileBytes: number | undefined
  /** the first 500 lines that are whole and not blank, without their line ends */
  readonly lines: readonly string[]
  /**
   * The first JSON value, when the text begins with `{` or `[` and it is all in the head; `lines`: another one begins on a
   * line of its own behind it. undefined: no JSON, or too long.
   */
  readonly json: { readonly value: unknown; readonly lines: boolean } | undefined
  /** the first line is longer than the head, and another line that begins with `{` follows it */
  readonly linesFollow: boolean
}

export interface Sniffed {
  /** 0..1; the highest wins, of equals the one that stands first in the registry */
  readonly confidence: number
  /** a variant that `open` wants to know; default 'document' */
  readonly layout?: string
  /** how times are written, for the preview; default 'none' */
  readonly timeUnit?: TimeUnit
  /** what was found for the fields of `mapped`; what the person chose is in `Head.chosen` and comes first */
  readonly mapping?: LogMapping
  /** candidate fields for the mapping editor */
  readonly fields?: readonly string[]
  readonly problems?: readonly string[]
}

export interface OpenOptions extends LogReadOptions {
  readonly layout: string
}

export interface WireFormat<Name extends string = string> {
  readonly name: Name
  /** bytes come as they are in the file; otherwise they are turned into UTF-8 first */
  readonly binary?: true
  /** which fields of the mapping this reader follows, beside `service` as `=name`; none: it has a fixed meaning */
  readonly mapped?: ReadonlyArray<keyof LogMapping>
  /** is it this? Never throws. When a person chose the format and it says undefined, `open` is tried as 'document'. */
  sniff(head: Head): Sniffed | undefined
  open(options: OpenOptions): WireReader
  /** How a file may be cut so that readers of its parts find the same rows as one reader of all; undefined: it may not be. */
  split?(options: Pick<OpenOptions, 'layout' | 'mapping' | 'fileTime'>): Split | undefined
}

export interface Split {
  /** a record begins with this line, whatever stood before it; of a long line the first 4 KB are shown */
  beginsAt(line: string): boolean
  /** no line holds more than one record */
  readonly oneRowALine: boolean
}

const HEAD_LINES = 500

/** A head of which lines and JSON are found when first asked for. */
export function headOf(fields: Omit<Head, 'lines' | 'json'>): Head {
  let lines: string[] | undefined
  let json: { found: Head['json'] } | undefined
  return {
    ...fields,
    get lines() {
      lines ??= wholeLines(fields.text, fields.whole)
      return lines
    },
    get json() {
      json ??= { found: firstJson(fields.text.trimStart(), fields.whole) }
      return json.found
    },
  }
}

function wholeLines(text: string, whole: boolean): string[] {
  const lines = text.split('\n', HEAD_LINES + 1)
  if (lines.length > HEAD_LINES || (!whole && lines.length > 1)) lines.pop()
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)).filter((line) => line.trim() !== '')
}

function firstJson(text: string, whole: boolean): Head['json'] {
  if (text[0] !== '{' && text[0] !== '[') return undefined
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
