// Separated values (RFC 4180) from bytes in any chunks to rows of cells with their lines. A quote that is never closed
// costs its own line, not the rest of the file.

/** A quoted cell may hold line breaks; one row past this is taken for a quote that was never closed. */
const MAX_ROW = 8 * 1024 * 1024

export interface CsvHandler {
  row(cells: readonly string[], line: number): void
  bad(line: number, reason: string, example: string): void
}

export const UNCLOSED = 'a quote that is not closed'
export const LONG_ROW = 'a row longer than 8 MB'

export class CsvRows {
  readonly #delimiter: string
  readonly #handler: CsvHandler
  readonly #decoder = new TextDecoder('utf-8')
  #text = ''
  /** line of the first character of `#text` */
  #line = 1
  /** how far `#text` is known to hold no end of a row */
  #seen = 0
  #inQuotes = false
  /** inside of a row that is too long: everything up to the next line break is left out */
  #skipping = false

  constructor(delimiter: string, handler: CsvHandler) {
    this.#delimiter = delimiter
    this.#handler = handler
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.decode(bytes, { stream: true }), false)
  }

  end(): void {
    this.#take(this.#decoder.decode(), true)
  }

  #take(more: string, isLast: boolean): void {
    this.#text = this.#text === '' ? more : this.#text + more
    let from = 0
    for (;;) {
      if (this.#skipping) {
        const newline = this.#text.indexOf('\n', from)
        if (newline < 0) {
          from = this.#text.length
          break
        }
        this.#skipping = false
        this.#line++
        from = newline + 1
        this.#restart(from)
      }
      const end = this.#endOfRow(from)
      if (end >= 0) {
        this.#emit(from, end)
        from = end + 1
        this.#restart(from)
        continue
      }
      const length = this.#text.length - from
      if (isLast && this.#inQuotes) {
        from = this.#giveUp(from, UNCLOSED)
        continue
      }
      if (length > MAX_ROW) {
        from = this.#giveUp(from, this.#inQuotes ? UNCLOSED : LONG_ROW)
        continue
      }
      if (isLast && length > 0) {
        this.#emit(from, this.#text.length)
        from = this.#text.length
      }
      break
    }
    this.#text = this.#text.slice(from)
    this.#seen = Math.max(0, this.#seen - from)
  }

  #restart(at: number): void {
    this.#seen = at
    this.#inQuotes = false
  }

  /** Place of the line break that ends the row, or -1 while it is not there yet. */
  #endOfRow(from: number): number {
    const text = this.#text
    let at = Math.max(this.#seen, from)
    let inQuotes = this.#inQuotes
    for (;;) {
      if (inQuotes) {
        const quote = text.indexOf('"', at)
        if (quote < 0) break
        at = quote + 1
        inQuotes = false
        continue
      }
      const newline = text.indexOf('\n', at)
      const quote = text.indexOf('"', at)
      if (newline >= 0 && (quote < 0 || newline < quote)) {
        this.#inQuotes = false
        return newline
      }
      if (quote < 0) break
      // a quote in the middle of a cell is text; one behind a closing quote opens the cell again (an escaped quote)
      const before = quote === from ? this.#delimiter : text[quote - 1]
      inQuotes = before === this.#delimiter || before === '"'
      at = quote + 1
    }
    this.#seen = text.length
    this.#inQuotes = inQuotes
    return -1
  }

  /** Leaves out the line that the row begins with; what follows is read as rows again. */
  #giveUp(from: number, reason: string): number {
    this.#handler.bad(this.#line, reason, this.#text.slice(from, from + 400))
    const newline = this.#text.indexOf('\n', from)
    if (newline < 0) {
      this.#skipping = true
      this.#restart(this.#text.length)
      return this.#text.length
    }
    this.#line++
    this.#restart(newline + 1)
    return newline + 1
  }

  #emit(from: number, to: number): void {
    const line = this.#line
    const row = this.#text.slice(from, this.#text[to - 1] === '\r' && to > from ? to - 1 : to)
    this.#line++
    if (row === '') return
    if (!row.includes('"')) {
      this.#handler.row(row.split(this.#delimiter), line)
      return
    }
    for (let at = row.indexOf('\n'); at >= 0; at = row.indexOf('\n', at + 1)) this.#line++
    this.#handler.row(splitQuoted(row, this.#delimiter), line)
  }
}

/** The cells of one row that has quotes. */
function splitQuoted(row: string, delimiter: string): string[] {
  const cells: string[] = []
  let at = 0
  for (;;) {
    if (row[at] !== '"') {
      const end = row.indexOf(delimiter, at)
      cells.push(end < 0 ? row.slice(at) : row.slice(at, end))
      if (end < 0) return cells
      at = end + 1
      continue
    }
    let cell = ''
    at++
    for (;;) {
      const quote = row.indexOf('"', at)
      if (quote < 0) {
        cells.push(cell + row.slice(at))
        return cells
      }
      cell += row.slice(at, quote)
      at = quote + 1
      if (row[at] !== '"') break
      cell += '"'
      at++
    }
    // what stands between the closing quote and the delimiter belongs to the cell
    const end = row.indexOf(delimiter, at)
    cells.push(cell + (end < 0 ? row.slice(at) : row.slice(at, end)))
    if (end < 0) return cells
    at = end + 1
  }
}

/** The first rows of a text, for a look at it. */
export function csvRows(text: string, delimiter: string, whole: boolean, limit: number): string[][] {
  const rows: string[][] = []
  const reader = new CsvRows(delimiter, {
    row: (cells) => void (rows.length < limit && rows.push([...cells])),
    bad: () => {},
  })
  reader.push(new TextEncoder().encode(text))
  if (whole) reader.end()
  return rows
}
