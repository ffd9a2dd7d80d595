// A look at the head of a file: what it is, how it would be read, its first rows, and which times to believe.

import type { Mapping } from '../../shared/contract/import.ts'
import type { ColumnSpec, Frame, FrameRow } from '../../shared/frame/frame.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { levelOfSeverity, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { senseOf } from '../../shared/wire/table/columns.ts'
import { TableRows } from '../../shared/wire/table/rows.ts'
import type { Cell } from '../../shared/wire/table/times.ts'
import { plausibleAround, type ReadOptions } from '../../shared/wire/reader.ts'
import { type Compression, compressionOf, type Encoding, readHead, readMagic, secondLineStart } from './bytes.ts'
import { asDetected, type Detected, detect, encodingOf } from './detect.ts'
import type { FoundFile } from './expand.ts'
import { parquet } from './formats.ts'
import { isBinaryFormat, openReader, tableOptions } from './open-reader.ts'
import { isParquet, withParquet } from './parquet.ts'
import { isIncidentFile } from './unpack.ts'

const HEAD_BYTES = 256 * 1024
/** of a file, enough to tell how its lines end */
const LINE_ENDS_BYTES = 1024 * 1024
const SAMPLE_ROWS = 20
const LOOK_ROWS = 200
const ODD_TIMES = 'most times lie before the year 2000 or in the future: check the time unit or the clock of the sender'

export interface Inspected {
  readonly compression: Compression
  readonly encoding: Encoding
  /** lines end in a carriage return alone */
  readonly loneReturns: boolean
  readonly detected: Detected
  readonly sample: Collector
  /** undefined: the file's times are odd as a whole (a test, a wrong clock) and are taken as they are */
  readonly plausible: ReadOptions['plausible']
  /** what is odd about the file as a whole: its report says so too */
  readonly remarks: readonly string[]
  /** the same, and what is odd in its first rows */
  readonly problems: readonly string[]
}

/** @throws WatchdeckError `corrupt` for a truncated archive, `invalid_input` for a mapping that cannot be */
export async function inspect(file: FoundFile, chosen: Mapping, now: bigint): Promise<Inspected> {
  if (file.problem !== undefined) throw file.problem
  const magic = await readMagic(file.disk)
  if (isIncidentFile(magic, file.path)) {
    // it is read where it lies for as long as it is open, and what came out of an archive goes after the import
    if (file.archive !== undefined)
      throw new WatchdeckError('unsupported', 'An incident file inside of an archive cannot be opened.', {
        hint: 'Take it out of the archive and open it by itself.',
      })
    return incidentFile()
  }
  if (isParquet(magic)) return await inspectParquet(file, chosen, now)
  const compression = compressionOf(magic)
  const head = await readHead(file.disk, compression, HEAD_BYTES)
  if (isParquet(head.bytes))
    throw new WatchdeckError('unsupported', `A Parquet file packed with ${compression} is not read.`, {
      hint: 'Unpack it first: Parquet is compressed inside.',
    })
  const whole = head.whole && file.isCut !== true
  const guess = encodingOf(head.bytes, whole)
  let encoding = chosen.encoding ?? guess.encoding
  const asText = (bytes: Uint8Array, isAll: boolean): string =>
    new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding).decode(bytes, { stream: !isAll })
  const written = asText(head.bytes, whole)
  let loneReturns = isLoneReturns(written)
  if (loneReturns && !whole) {
    // a bar of progress may fill the head: its line ends in a newline all the same
    const more = await readHead(file.disk, compression, LINE_ENDS_BYTES)
    loneReturns = isLoneReturns(asText(more.bytes, more.whole))
  }
  const text = loneReturns ? written.replaceAll('\r', '\n') : written
  const isLongLine = !whole && /^\s*\{/.test(text) && !text.trimStart().includes('\n')
  const detected = detect(
    {
      bytes: head.bytes,
      text,
      whole,
      linesFollow: isLongLine && (await secondLineStart(file.disk, compression, encoding)) === '{',
      fileTime: file.modified,
      fileBytes: compression === 'none' ? file.bytes : undefined,
    },
    chosen,
  )
  const isBinary = isBinaryFormat(detected)
  if (isBinary) {
    encoding = 'utf-8'
    loneReturns = false
  }
  const remarks = [...detected.problems]
  if (!isBinary && guess.problem !== undefined && chosen.encoding === undefined && detected.format !== 'unknown')
    remarks.push(guess.problem)
  const inRows: string[] = []
  let sample = new Collector()
  let plausible: ReadOptions['plausible'] = plausibleAround(now)
  if (detected.format !== 'unknown') {
    const bytes = isBinary ? head.bytes : new TextEncoder().encode(text)
    const timely = readSample(detected, bytes, whole, {
      into: new Collector(),
      fileTime: file.modified,
      plausible,
    })
    const any = readSample(detected, bytes, whole, { into: new Collector(), fileTime: file.modified })
    sample = timely.into
    if (any.into.pending > 2 * timely.into.pending) {
      plausible = undefined
      sample = any.into
      remarks.push(ODD_TIMES)
    }
    const error = timely.error ?? any.error
    if (error !== undefined) inRows.push(error)
    inRows.push(...sample.notes.slice(0, 5))
    for (const skipped of sample.skipped.slice(0, 5)) inRows.push(`line ${skipped.line}: ${skipped.reason}`)
  }
  return { compression, encoding, loneReturns, detected, sample, plausible, remarks, problems: [...remarks, ...inRows] }
}

async function inspectParquet(file: FoundFile, chosen: Mapping, now: bigint): Promise<Inspected> {
  return await withParquet(file.disk, async (table) => {
    const rows: Array<readonly Cell[]> = []
    for await (const some of table.rows(LOOK_ROWS)) rows.push(...some)
    const { format: _, encoding: __, ...fields } = chosen
    const sense = senseOf(table.columns, rows, fields)
    const detected = asDetected(parquet, { ...sense, confidence: 1, layout: 'table', fields: table.columns }, chosen)
    const read = (plausible: ReadOptions['plausible']): Collector => {
      const into = new Collector()
      const reader = new TableRows(table.columns, tableOptions(detected, { into, fileTime: file.modified, plausible }))
      rows.forEach((row, i) => {
        reader.row(row, i + 1)
      })
      return into
    }
    const around = plausibleAround(now)
    const [timely, anyTime] = [read(around), read(undefined)]
    const isOdd = anyTime.pending > 2 * timely.pending
    const sample = isOdd ? anyTime : timely
    const remarks = [...detected.problems, ...(isOdd ? [ODD_TIMES] : [])]
    return {
      compression: 'none',
      encoding: 'utf-8',
      loneReturns: false,
      detected,
      sample,
      plausible: isOdd ? undefined : around,
      remarks,
      problems: [...remarks, ...sample.skipped.slice(0, 5).map((skipped) => `line ${skipped.line}: ${skipped.reason}`)],
    }
  })
}

const isLoneReturns = (text: string): boolean => text.includes('\r') && !text.includes('\n')

function readSample(
  detected: Detected,
  bytes: Uint8Array,
  whole: boolean,
  options: ReadOptions,
): { into: Collector; error?: string } {
  try {
    const reader = openReader(detected, whole ? options : { ...options, openAt: 16_384 })
    reader.push(bytes)
    if (whole) reader.end()
    return { into: options.into }
  } catch (error) {
    if (!(error instanceof WatchdeckError) || error.code === 'invalid_input') throw error
    return { into: options.into, error: error.message }
  }
}

function incidentFile(): Inspected {
  const detected: Detected = {
    format: 'watchdeck',
    layout: 'document',
    confidence: 1,
    timeUnit: 'ns',
    mapping: { format: 'watchdeck' },
    mapped: [],
    fields: [],
    problems: [],
  }
  return {
    compression: 'none',
    encoding: 'utf-8',
    loneReturns: false,
    detected,
    sample: new Collector(),
    plausible: undefined,
    remarks: [],
    problems: [],
  }
}

const text = (name: string): ColumnSpec => ({ name, type: 'string' })
const time: ColumnSpec = { name: 'time', type: 'time' }

/** The first rows of the kind that the file has most of. */
export function sampleFrame(c: Collector): Frame {
  const many = Math.max(
    c.spans.length,
    c.logs.length,
    c.samples.length,
    c.histograms.length,
    c.objects.length,
    c.happenings.length,
  )
  const frame = <T>(specs: ColumnSpec[], rows: readonly T[], row: (from: T) => FrameRow) =>
    frameFromRows(specs, rows.slice(0, SAMPLE_ROWS).map(row))
  if (many > 0 && many === c.spans.length)
    return frame(
      [
        time,
        text('service'),
        text('operation'),
        { name: 'durationNs', type: 'int', unit: 'ns' },
        text('status'),
        text('traceId'),
      ],
      c.spans,
      (s) => ({
        time: s.start,
        service: s.service,
        operation: s.operation,
        durationNs: s.durationNs,
        status: SPAN_STATUSES[s.status],
        traceId: s.traceId,
      }),
    )
  if (many > 0 && many === c.samples.length)
    return frame(
      [time, text('metric'), { name: 'labels', type: 'json' }, { name: 'value', type: 'float' }],
      c.samples,
      (s) => ({
        time: s.time,
        metric: s.series.promName,
        labels: JSON.stringify(s.series.labels),
        value: s.value,
      }),
    )
  if (many > 0 && many === c.histograms.length)
    return frame(
      [time, text('metric'), { name: 'labels', type: 'json' }, { name: 'count', type: 'float' }],
      c.histograms,
      (h) => ({
        time: h.time,
        metric: h.series.promName,
        labels: JSON.stringify(h.series.labels),
        count: h.count,
      }),
    )
  if (many > 0 && many === c.objects.length)
    return frame([time, text('kind'), text('namespace'), text('name'), text('service')], c.objects, (o) => ({
      time: o.time,
      kind: o.kind,
      namespace: o.namespace,
      name: o.name,
      service: o.service,
    }))
  if (many > 0 && many === c.happenings.length)
    return frame([time, text('reason'), text('object'), text('message')], c.happenings, (h) => ({
      time: h.time,
      reason: h.reason,
      object: `${h.objectKind} ${h.namespace}/${h.name}`,
      message: h.message,
    }))
  return frame([time, text('level'), text('service'), text('body')], c.logs, (l) => ({
    time: l.time,
    level: levelOfSeverity(l.severity),
    service: l.service,
    body: l.body.slice(0, 2000),
  }))
}
