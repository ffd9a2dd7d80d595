// A look at the head of a file: what it is, how it would be read, its first rows, and which times to believe.

import type { Mapping } from '../../shared/contract/import.ts'
import type { ColumnSpec, Frame, FrameRow } from '../../shared/frame/frame.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { levelOfSeverity, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { plausibleAround, type ReadOptions } from '../../shared/wire/reader.ts'
import { type Compression, compressionOf, type Encoding, readHead, readMagic, secondLineStart } from './bytes.ts'
import { type Detected, detect, encodingOf } from './detect.ts'
import type { FoundFile } from './expand.ts'
import { isBinaryFormat, openReader } from './open-reader.ts'

const HEAD_BYTES = 256 * 1024
const SAMPLE_ROWS = 20

export interface Inspected {
  readonly compression: Compression
  readonly encoding: Encoding
  readonly detected: Detected
  readonly sample: Collector
  /** undefined: the file's times are odd as a whole (a test, a wrong clock) and are taken as they are */
  readonly plausible: ReadOptions['plausible']
  readonly problems: string[]
}

/** @throws WatchdeckError `corrupt` for a truncated archive, `invalid_input` for a mapping that cannot be */
export async function inspect(file: FoundFile, chosen: Mapping, now: bigint): Promise<Inspected> {
  const magic = await readMagic(file.path)
  if (isIncidentFile(magic, file.path)) return incidentFile()
  const compression = compressionOf(magic)
  const head = await readHead(file.path, compression, HEAD_BYTES)
  const guess = encodingOf(head.bytes, head.whole)
  let encoding = chosen.encoding ?? guess.encoding
  const text = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding).decode(head.bytes, {
    stream: !head.whole,
  })
  const isLongLine = !head.whole && /^\s*\{/.test(text) && !text.trimStart().includes('\n')
  const detected = detect(
    {
      bytes: head.bytes,
      text,
      whole: head.whole,
      linesFollow: isLongLine && (await secondLineStart(file.path, compression, encoding)) === '{',
      fileTime: file.modified,
      fileBytes: compression === 'none' ? file.bytes : undefined,
    },
    chosen,
  )
  const isBinary = isBinaryFormat(detected)
  if (isBinary) encoding = 'utf-8'
  const problems = [...detected.problems]
  if (!isBinary && guess.problem !== undefined && chosen.encoding === undefined && detected.format !== 'unknown')
    problems.push(guess.problem)
  let sample = new Collector()
  let plausible: ReadOptions['plausible'] = plausibleAround(now)
  if (detected.format !== 'unknown') {
    const bytes = isBinary ? head.bytes : new TextEncoder().encode(text)
    const timely = readSample(detected, bytes, head.whole, {
      into: new Collector(),
      fileTime: file.modified,
      plausible,
    })
    const any = readSample(detected, bytes, head.whole, { into: new Collector(), fileTime: file.modified })
    sample = timely.into
    if (any.into.pending > 2 * timely.into.pending) {
      plausible = undefined
      sample = any.into
      problems.push(
        'most times lie before the year 2000 or in the future: check the time unit or the clock of the sender',
      )
    }
    const error = timely.error ?? any.error
    if (error !== undefined) problems.push(error)
    problems.push(...sample.notes.slice(0, 5))
    for (const skipped of sample.skipped.slice(0, 5)) problems.push(`line ${skipped.line}: ${skipped.reason}`)
  }
  return { compression, encoding, detected, sample, plausible, problems }
}

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

/** A zip whose first entry is a manifest, or that says by its name that it is an incident file. */
function isIncidentFile(magic: Uint8Array, path: string): boolean {
  if (!(magic[0] === 0x50 && magic[1] === 0x4b && magic[2] === 3 && magic[3] === 4)) return false
  return path.endsWith('.watchdeck') || new TextDecoder('latin1').decode(magic).includes('manifest.json')
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
    detected,
    sample: new Collector(),
    plausible: undefined,
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
