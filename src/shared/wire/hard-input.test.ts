// Every format over damaged samples: mutations, truncations and random bytes give rows, counted skips or an error for people,
// in any chunks, and never anything else.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as logs from '../../../test/fixtures/import/log-samples.ts'
import { headOfContent, readFormat } from '../../../test/fixtures/import/read-format.ts'
import { WatchdeckError } from '../base/errors.ts'
import { chromeTrace } from './chrome-trace.ts'
import type { WireFormat } from './format.ts'
import { har } from './har.ts'
import { cloudwatch } from './logs/cloudwatch.ts'
import { cri, dockerJson } from './logs/container-logs.ts'
import { datadogJson } from './logs/datadog.ts'
import { elasticsearch } from './logs/elasticsearch.ts'
import { gelf } from './logs/gelf.ts'
import { journald } from './logs/journald.ts'
import { lokiJson } from './logs/loki.ts'
import { splunkJson } from './logs/splunk.ts'
import { accessLog, logfmt, syslog } from './logs/text-formats.ts'
import { otlpProtobuf } from './otlp/protobuf-format.ts'
import { promtoolDump } from './promtool-dump.ts'
import { zipkinJson } from './zipkin.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../test/fixtures/import/${name}`, import.meta.url), 'utf8')

const SAMPLES: ReadonlyArray<readonly [WireFormat, string]> = [
  [elasticsearch, logs.ES_SEARCH],
  [elasticsearch, logs.ES_DUMP],
  [elasticsearch, logs.ES_BULK],
  [journald, logs.JOURNALD],
  [dockerJson, logs.DOCKER],
  [cri, logs.CRI],
  [gelf, logs.GELF],
  [cloudwatch, logs.CLOUDWATCH],
  [cloudwatch, logs.CLOUDWATCH_SUBSCRIPTION],
  [cloudwatch, logs.CLOUDWATCH_INSIGHTS],
  [lokiJson, logs.LOKI],
  [lokiJson, logs.LOGCLI],
  [datadogJson, logs.DATADOG],
  [datadogJson, logs.DATADOG_ARCHIVE],
  [splunkJson, logs.SPLUNK],
  [splunkJson, logs.SPLUNK_HEC],
  [syslog, logs.SYSLOG_LOGGER],
  [accessLog, logs.ACCESS],
  [logfmt, logs.LOGFMT],
  [zipkinJson, fixture('zipkin-python-sdk.json')],
  [chromeTrace, fixture('chrome-trace.json')],
  [chromeTrace, fixture('node-trace.json')],
  [har, fixture('chromium.har')],
  [promtoolDump, fixture('promtool-dump.txt')],
]
const FORMATS = [...new Set(SAMPLES.map(([format]) => format)), otlpProtobuf()]

function onlyErrorsForPeople(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof WatchdeckError)) throw error
  }
}

describe('what a format is', () => {
  it('is said of its own samples and of no other’s', () => {
    for (const [own, content] of SAMPLES) {
      const head = headOfContent(content)
      const sure = FORMATS.map((format) => ({ name: format.name, confidence: format.sniff(head)?.confidence ?? 0 }))
        .filter((found) => found.confidence > 0)
        .sort((a, b) => b.confidence - a.confidence)
      expect([own.name, sure[0]?.name]).toEqual([own.name, own.name])
      expect(sure[1]?.confidence ?? 0).toBeLessThan(sure[0]?.confidence ?? 0)
    }
  })

  it('is still said of the first part of a large file', () => {
    const missed = SAMPLES.filter(([format, content]) => {
      const long = content.endsWith('\n') ? content.repeat(3) : content
      return format.sniff(headOfContent(long.slice(0, Math.floor(long.length * 0.9)), false)) === undefined
    })
    expect(missed.map(([format]) => format.name)).toEqual([])
  })
})

describe('damaged input', () => {
  const bytesOf = (content: string) => new TextEncoder().encode(content)

  it('of any sample gives rows, skips or an error for people', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(
          fc.tuple(fc.nat(), fc.constantFrom(0, 10, 32, 34, 44, 48, 57, 58, 91, 92, 93, 123, 125, 128, 255, 45)),
          { maxLength: 8 },
        ),
        fc.option(fc.nat(10_000)),
        fc.constantFrom(1, 17, 100_000),
        fc.constantFrom(undefined, 100),
        ([format, content], changes, cut, chunk, openAt) => {
          const bytes = bytesOf(content).slice(0, cut ?? undefined)
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          onlyErrorsForPeople(() => void readFormat(format, bytes, Math.max(chunk, bytes.length / 50), openAt))
        },
      ),
      { numRuns: 400, endOnFailure: true },
    )
  })

  it('of random JSON values in the place of any value gives rows, skips or an error for people', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.nat(),
        fc.jsonValue({ maxDepth: 2 }),
        ([format, content], at, value) => {
          const places = [...content.matchAll(/(?<=":)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)/g)]
          const place = places[at % Math.max(1, places.length)]
          const changed =
            place === undefined
              ? content
              : content.slice(0, place.index) + JSON.stringify(value) + content.slice(place.index + place[0].length)
          onlyErrorsForPeople(() => void readFormat(format, changed))
        },
      ),
      { numRuns: 400, endOnFailure: true },
    )
  })

  it('of random bytes and texts gives rows, skips or an error for people, in every format', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMATS),
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 300, unit: 'binary' }).map(bytesOf)),
        (format, bytes) => {
          onlyErrorsForPeople(() => void readFormat(format, bytes, 50))
        },
      ),
      { numRuns: 300, endOnFailure: true },
    )
  })

  it('of one long line takes time in proportion to its length', () => {
    const units = [
      'a=',
      '"',
      '\\',
      '[',
      '{',
      ' ',
      '=',
      '<1>',
      '[a b="',
      'a ',
      '%',
      '-',
      '1',
      'a.',
      '{"a":',
      ':',
      '/',
      '(',
      '\t',
      'é',
    ]
    for (const unit of units) {
      const line = `${unit.repeat(Math.ceil(60_000 / unit.length))}\n`
      for (const prefix of [
        '',
        '<34>1 2026-11-03T10:15:30Z h a - - ',
        '127.0.0.1 - - [10/Oct/2025:13:55:36 -0700] "',
        '2025-11-03T10:15:30.1Z stdout F ',
        'time=2025-11-03T10:15:30Z ',
      ])
        for (const format of [syslog, accessLog, logfmt, cri, promtoolDump, gelf])
          onlyErrorsForPeople(() => void readFormat(format, prefix + line))
    }
  })
})
