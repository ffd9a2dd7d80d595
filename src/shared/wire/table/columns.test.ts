import { expect, test } from 'vitest'
import { senseOf } from './columns.ts'

const COLUMNS = ['time', 'what', 'host', 'reading']
const ROWS = [
  ['2026-11-02T14:00:00Z', 'temperature', 'a', '21.5'],
  ['2026-11-02T14:00:15Z', 'humidity', 'b', '40'],
]

test('the column that names the series is no label beside it, also when a person chose it', () => {
  expect(senseOf(COLUMNS, ROWS, { rows: 'metrics' }).mapping.labels).toEqual(['what', 'host'])
  expect(senseOf(COLUMNS, ROWS, { rows: 'metrics', metric: 'what' }).mapping).toMatchObject({
    metric: 'what',
    labels: ['host'],
    values: ['reading'],
  })
})
