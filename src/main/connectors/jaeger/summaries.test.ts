// What can be made of summaries of traces, and what cannot: then the spans are asked for.

import { describe, expect, test } from 'vitest'
import { readSummaries } from './summaries.ts'

/** As Jaeger writes it: the newest one, memory storage. */
const TOLD = {
  traceId: '000000000000000000000000000000ab',
  rootServiceName: 'front',
  rootOperationName: 'get /order',
  minStartTimeUnixNano: '1760000000000000123',
  maxEndTimeUnixNano: '1760000000900000123',
  spanCount: 3,
  errorSpanCount: 1,
  services: [
    { name: 'front', spanCount: 1 },
    { name: 'pay', spanCount: 2, errorSpanCount: 1 },
  ],
}

test('2: a trace is told with times to the nanosecond and its services, most spans first; what is zero is left out', () => {
  const bare = {
    traceId: 'AB',
    minStartTimeUnixNano: '5',
    maxEndTimeUnixNano: '5',
    spanCount: 1,
    services: [{ spanCount: 1 }],
  }
  expect(readSummaries({ summaries: [bare] })).toEqual([
    {
      traceId: '000000000000000000000000000000ab',
      start: 5n,
      durationNs: 0n,
      rootService: '',
      rootOperation: '',
      spans: 1,
      errors: 0,
      services: [['', 1, 0]],
    },
  ])
  expect(readSummaries({ summaries: [TOLD] })).toEqual([
    {
      traceId: '000000000000000000000000000000ab',
      start: 1_760_000_000_000_000_123n,
      durationNs: 900_000_000n,
      rootService: 'front',
      rootOperation: 'get /order',
      spans: 3,
      errors: 1,
      services: [
        ['pay', 2, 1],
        ['front', 1, 0],
      ],
    },
  ])
  // no trace at all
  expect(readSummaries({})).toEqual([])
})

describe('no list is made of', () => {
  test.each([
    ['no object', 7],
    ['a list', []],
    ['nothing', null],
    ['traces that are no list', { summaries: { a: TOLD } }],
    ['a trace that is none', { summaries: [TOLD, null] }],
    ['an id that is none', { summaries: [{ ...TOLD, traceId: 'AAAAAAAAAAAAAAAAAAAAqw==' }] }],
    ['no id', { summaries: [{ ...TOLD, traceId: undefined }] }],
    ['a span without a start', { summaries: [{ ...TOLD, minStartTimeUnixNano: undefined }] }],
    ['spans without an end', { summaries: [{ ...TOLD, maxEndTimeUnixNano: undefined }] }],
    ['an end before its start', { summaries: [{ ...TOLD, maxEndTimeUnixNano: '1' }] }],
    ['an end that 64 bits do not hold', { summaries: [{ ...TOLD, maxEndTimeUnixNano: '18446744073709551615' }] }],
    ['times that are none', { summaries: [{ ...TOLD, minStartTimeUnixNano: '2025-10-09T08:53:20Z' }] }],
    ['a name that is none', { summaries: [{ ...TOLD, rootServiceName: 7 }] }],
    ['a count that is none', { summaries: [{ ...TOLD, spanCount: 'many' }] }],
    ['half a span', { summaries: [{ ...TOLD, errorSpanCount: 0.5 }] }],
    ['services that are no list', { summaries: [{ ...TOLD, services: 'front' }] }],
    ['a service that is none', { summaries: [{ ...TOLD, services: [{ name: 'front', spanCount: -1 }] }] }],
  ])('%s', (_what, answer) => expect(readSummaries(answer)).toBeUndefined())
})
