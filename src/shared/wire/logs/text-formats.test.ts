// syslog as util-linux' logger writes it, access logs and logfmt after their documentation.

import { describe, expect, it } from 'vitest'
import { ACCESS, LOGFMT, SYSLOG_LOGGER } from '../../../../test/fixtures/import/log-samples.ts'
import { readFormat } from '../../../../test/fixtures/import/read-format.ts'
import { accessLog, logfmt, syslog } from './text-formats.ts'
import { parseLogfmt } from './logfmt.ts'

const ns = (iso: string, more = 0n): bigint => BigInt(Date.parse(iso)) * 1_000_000n + more

describe('syslog', () => {
  it('is read in both forms: structured data, priorities, and years that are not written', () => {
    const { sniffed, into } = readFormat(syslog, SYSLOG_LOGGER, 9)
    expect(sniffed).toMatchObject({ confidence: 0.96, layout: 'text' })
    expect(
      into.logs.map((row) => [
        row.time,
        row.severity,
        row.severityText,
        row.service,
        row.body,
        row.resource.attributes.values['host.name'],
        row.attributes.values,
      ]),
    ).toEqual([
      [
        ns('2026-11-24T00:03:37.840Z', 774_000n),
        17,
        'err',
        'payment',
        'order o-1 failed: connection refused',
        'vm',
        {
          'syslog.facility': 16,
          'process.pid': 4711,
          'syslog.sd.timeQuality.tzKnown': '1',
          'syslog.sd.timeQuality.isSynced': '0',
        },
      ],
      [
        ns('2026-11-24T00:03:37.843Z', 882_000n),
        10,
        'notice',
        'payment',
        'charged',
        'vm',
        {
          'syslog.facility': 1,
          'syslog.msgid': 'CHARGE',
          'syslog.sd.timeQuality.tzKnown': '1',
          'syslog.sd.timeQuality.isSynced': '0',
          'syslog.sd.shop@32473.order': 'o-"1]',
          'syslog.sd.shop@32473.retry': '3',
        },
      ],
      [
        ns('2026-11-24T00:03:37Z'),
        13,
        'warning',
        'payment',
        'queue is long',
        'vm',
        { 'syslog.facility': 16, 'process.pid': 4711 },
      ],
    ])
    expect(into.notes).toEqual(['times without a year take the year that puts them before the time of the file'])
  })

  it('knows the forms of journalctl; a zone that is a word counts as the one of the mapping', () => {
    const text = [
      'Mon 2025-11-03 10:15:30 UTC node-1 payment[4700]: multi',
      '                                 line',
      'Mon 2025-11-03 10:15:31.000001 CET node-1 payment.service[4700]: later',
      '1762164930.123456 node-1 kernel: up',
      '',
    ].join('\n')
    const { sniffed, into } = readFormat(syslog, text)
    expect(sniffed?.confidence).toBe(0.96)
    expect(
      into.logs.map((row) => [row.time, row.service, row.body, row.resource.attributes.values['host.name']]),
    ).toEqual([
      [ns('2025-11-03T10:15:30Z'), 'payment', `multi\n${' '.repeat(33)}line`, 'node-1'],
      [ns('2025-11-03T10:15:31Z', 1000n), 'payment.service', 'later', 'node-1'],
      [ns('2025-11-03T10:15:30.123Z', 456_000n), 'kernel', 'up', 'node-1'],
    ])
  })

  it('leaves lines to the reader of plain logs whose host would be a level, a bracket or a program', () => {
    for (const rest of ['INFO app: up', '[ERROR] app: down', 'kernel: eth0 up', 'warning: eth0 up'])
      expect(readFormat(syslog, `Nov  2 10:00:00 ${rest}\n`.repeat(5)).sniffed).toBeUndefined()
    expect(readFormat(syslog, 'Nov  2 10:00:00 log app: up\n'.repeat(5)).sniffed?.confidence).toBe(0.96)
  })

  it('takes the year before for a month that is still to come, rsyslog’s ISO form, octet counts, and counts other lines', () => {
    const text = [
      'Dec 31 23:59:59 web1 kernel: late',
      '2026-11-03T10:15:30.123456+01:00 web1 sshd[77]: Accepted publickey',
      '\tcontinued',
      '57 <34>1 2026-11-03T10:15:30Z h su - ID47 - it failed',
      'nonsense',
      '',
    ].join('\n')
    const { into } = readFormat(syslog, text)
    expect(into.logs.map((row) => [row.time, row.service, row.body])).toEqual([
      [ns('2025-12-31T23:59:59Z'), 'kernel', 'late'],
      [ns('2026-11-03T09:15:30.123Z', 456_000n), 'sshd', 'Accepted publickey\n\tcontinued'],
      [ns('2026-11-03T10:15:30Z'), 'su', 'it failed'],
    ])
    expect(into.skipped).toEqual([{ line: 5, reason: 'a line that is no syslog', example: 'nonsense', count: 1 }])
  })
})

describe('access logs', () => {
  it('are read with their status as level and the names of the semantic conventions', () => {
    const { sniffed, into } = readFormat(accessLog, ACCESS, 13)
    expect(sniffed?.confidence).toBe(0.97)
    expect(into.logs.map((row) => [row.time, row.severity, row.body])).toEqual([
      [ns('2025-10-10T20:55:36Z'), 9, 'GET /apache_pb.gif?x=1 HTTP/1.0 200'],
      [ns('2025-10-10T13:55:37Z'), 17, 'POST /checkout HTTP/2.0 502'],
      [ns('2025-10-10T13:55:38Z'), 13, '\\x16\\x03\\x01 400'],
      [ns('2025-10-10T13:55:39Z'), 13, 'GET /a HTTP/1.1 404'],
    ])
    expect(into.logs.map((row) => row.attributes.values).slice(0, 2)).toEqual([
      {
        'client.address': '127.0.0.1',
        'user.name': 'frank',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'http.response.body.size': 2326,
        'url.original': '/apache_pb.gif?x=1',
        'url.path': '/apache_pb.gif',
        'url.query': 'x=1',
        'network.protocol.name': 'http',
        'network.protocol.version': '1.0',
      },
      {
        'client.address': '2001:db8::1',
        'http.request.method': 'POST',
        'http.response.status_code': 502,
        'http.response.body.size': 157,
        'http.request.header.referer': 'https://shop.example/cart',
        'user_agent.original': 'Mozilla/5.0 (X11)',
        'url.original': '/checkout',
        'url.path': '/checkout',
        'network.protocol.name': 'http',
        'network.protocol.version': '2.0',
      },
    ])
  })

  it('are read with the virtual host in front', () => {
    const { into } = readFormat(accessLog, `www.example.com:443 ${ACCESS.split('\n')[0]}\n`)
    expect(into.logs[0]?.attributes.values).toMatchObject({
      'server.address': 'www.example.com',
      'server.port': 443,
      'user.name': 'frank',
      'client.address': '127.0.0.1',
    })
  })
})

describe('logfmt', () => {
  it('is read with its usual fields, quotes unescaped; a line without a time is counted', () => {
    const { sniffed, into } = readFormat(logfmt, LOGFMT, 10)
    expect(sniffed).toMatchObject({ confidence: 0.95 })
    expect(
      into.logs.map((row) => [row.time, row.severity, row.service, row.body, row.attributes.values, row.traceId]),
    ).toEqual([
      [
        1_762_161_330_123_456_789n,
        17,
        'payment',
        'charge "o-1" failed',
        { err: 'dial tcp: refused', ms: '12', ok: true },
        '0af7651916cd43dd8448eb211c80319c',
      ],
      [1_762_164_931_250_000_000n, 13, '', 'slow', { caller: 'a.go:12' }, ''],
    ])
    expect(into.skipped).toEqual([{ line: 3, reason: 'no time field', example: 'level=info msg="no time"', count: 1 }])
  })

  it('bears what is no logfmt', () => {
    expect(parseLogfmt('words and words')).toBeUndefined()
    expect(parseLogfmt('a="open')).toEqual({ a: 'open' })
    expect(parseLogfmt('a=1 "b" c=2')).toEqual({ a: '1' })
    expect(parseLogfmt('__proto__=1 b="\\u00e9\\n"')).toEqual(JSON.parse('{"__proto__":"1","b":"é\\n"}'))
  })
})
