// Log files: which layout a line has, what belongs to it, in which encoding and unit.

import { expect, test } from 'vitest'
import { importRoom } from '../../../test/support/import-room.ts'

const { load, look, logsOf } = importRoom()

test('JSON logs of pino, zap and ECS find time, level, message, service and trace', async () => {
  const { source } = await load(
    [
      '{"level":30,"time":1762090000123,"name":"api","msg":"listening","pid":1}',
      '{"level":"error","ts":1762090000.5,"msg":"boom","service":"pay","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
      '{"@timestamp":"2025-11-02T14:00:00.000000001+01:00","log.level":"WARN","message":"slow","service":{"name":"ecs"}}',
      'Error: something outside the logger',
    ].join('\n'),
  )
  expect(await logsOf(source)).toEqual([
    { time: '1762090000123000000', body: 'listening', service: 'api', severity: 9 },
    { time: '1762090000500000000', body: 'boom', service: 'pay', severity: 17 },
    { time: '1762088400000000001', body: 'slow', service: 'ecs', severity: 13 },
    { time: '1762088400000000001', body: 'Error: something outside the logger', service: '', severity: 0 },
  ])
})

test('a stack trace stays with its line', async () => {
  const { source } = await load(
    '2025-11-02 13:26:40,123 ERROR [main] com.shop.Pay: failed\njava.lang.IllegalStateException: no\n\tat com.shop.Pay.run(Pay.java:12)\nCaused by: x\n2025-11-02 13:26:41,000 INFO [main] com.shop.Pay: next\n',
  )
  expect(await logsOf(source)).toEqual([
    {
      time: '1762090000123000000',
      body: 'failed\njava.lang.IllegalStateException: no\n\tat com.shop.Pay.run(Pay.java:12)\nCaused by: x',
      service: '',
      severity: 17,
    },
    { time: '1762090001000000000', body: 'next', service: '', severity: 9 },
  ])
})

test.each([
  ['klog', 'E1102 13:26:40.000001    1 main.go:12] failed', 'failed', 17],
  ['nginx error', '2025/11/02 13:26:40 [warn] 12#34: *5 upstream', 'upstream', 13],
  [
    'combined',
    '10.0.0.1 - - [02/Nov/2025:13:26:40 +0000] "GET /x HTTP/1.1" 502 12 "-" "curl"',
    'GET /x HTTP/1.1 502',
    17,
  ],
  ['syslog 5424', '<11>1 2025-11-02T13:26:40.5Z host app 12 - - hello', 'hello', 17],
  ['python', '2025-11-02 13:26:40,123 - shop.cart - WARNING - low stock', 'low stock', 13],
  ['spring', '2025-11-02T13:26:40.123Z  INFO 1 --- [shop] [nio-1] o.s.Web : started', 'started', 9],
  ['time of the file\u2019s year', 'Nov  2 13:26:40 INFO app: hello', 'hello', 9],
  ['a bracket for the host', 'Nov  2 13:26:40 [ERROR] app: bad', 'bad', 17],
  ['ctime', '[Sun Nov  2 13:26:40 2025] WARN the link is down', 'the link is down', 13],
  ['Redis', '4711:M 02 Nov 2025 13:26:40.123 # Possible SYN flooding', 'Possible SYN flooding', 13],
  ['logfmt', 'time=2025-11-02T13:26:40Z level=error msg="no luck" n=1', 'no luck', 17],
])('%s lines', async (_, line, body, severity) => {
  const { source } = await load(`${line}\n`)
  expect(await logsOf(source)).toMatchObject([{ body, severity }])
})

test('a year that is not written is told', async () => {
  const { files } = await load('Nov  2 13:26:40 INFO app: hello\nNov  2 13:26:41 INFO app: hello again\n')
  expect(files[0]?.notes).toEqual([
    'times without a year take the year that puts them before the time of the file (2 times)',
  ])
})

test('text of UTF-8 with a few broken bytes among it stays UTF-8', async () => {
  const line = '2025-11-02 13:26:40 ERROR 支付失败\n'
  const bytes = Buffer.concat([Buffer.from(line.repeat(3)), Buffer.from([0x62, 0xff, 0xfe, 0x0a]), Buffer.from(line)])
  expect(await look(bytes)).toMatchObject({
    encoding: 'utf-8',
    problems: ['some bytes are no UTF-8 and are shown as U+FFFD'],
  })
  const { source } = await load(bytes)
  expect((await logsOf(source)).map(({ body }) => body)).toEqual([
    '支付失败',
    '支付失败',
    '支付失败\nb\ufffd\ufffd',
    '支付失败',
  ])
})

test.each([
  ['utf-16le', Buffer.from('\ufeff2025-11-02 13:26:40 ERROR 支付失败\n', 'utf16le'), 'utf-16le'],
  [
    'GBK',
    Buffer.from([...Buffer.from('2025-11-02 13:26:40 ERROR '), 0xd6, 0xa7, 0xb8, 0xb6, 0xca, 0xa7, 0xb0, 0xdc, 0x0a]),
    'gb18030',
  ],
])('%s text is found and decoded', async (_, bytes, encoding) => {
  expect(await look(bytes)).toMatchObject({ encoding, format: 'plain-log' })
  const { source } = await load(bytes, { source: `encoding ${encoding}` })
  expect(await logsOf(source)).toMatchObject([{ body: '支付失败', severity: 17 }])
})

test.each([
  ['s', '1762090000'],
  ['ms', '1762090000000'],
  ['us', '1762090000000000'],
  ['ns', '1762090000000000000'],
])('times in %s are told by their size, and can be corrected', async (unit, number) => {
  const line = `{"ts":${number},"msg":"in ${unit}"}\n`
  expect(await look(line)).toMatchObject({ timeUnit: unit, mapping: { time: 'ts', message: 'msg' } })
  const { source } = await load(line)
  expect((await logsOf(source))[0]?.time).toBe('1762090000000000000')
})
