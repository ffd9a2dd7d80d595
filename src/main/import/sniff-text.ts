// The formats that are told by their lines: Prometheus text, and plain logs, which take any text that nothing else knows.

import { expositionReader } from '../../shared/wire/exposition.ts'
import type { WireFormat } from '../../shared/wire/format.ts'
import { parseLine } from '../../shared/wire/logs/parse-line.ts'
import { beginsPlainRow, plainLogReader, withoutColours } from '../../shared/wire/logs/plain-log.ts'
import { type TimeUnit, unitOfValue } from '../../shared/wire/logs/time.ts'

const SAMPLE =
  /^(?:[a-zA-Z_:][a-zA-Z0-9_:]*\s*(?:\{.*\})?|\{.*\})\s+[+-]?(?:\d[\d.eE+-]*|NaN|Inf)(?:\s+-?[\d.]+)?(?:\s+# \{.*)?$/i

export const openMetrics: WireFormat<'openmetrics'> = {
  name: 'openmetrics',
  mapped: ['timeUnit'],
  sniff({ lines: whole, text, chosen }) {
    const lines = whole.slice(0, 400).map((line) => line.slice(0, 20_000).trim())
    if (lines.length === 0) return undefined
    const comments = lines.filter((line) => /^# (TYPE|HELP|UNIT) \S|^# EOF$/.test(line)).length
    const samples = lines.filter((line) => SAMPLE.test(line)).length
    const share = (comments + samples) / lines.length
    if (share < 0.8 || (comments === 0 && samples < 2)) return undefined
    const isOpen =
      /^# UNIT |^# EOF|^# TYPE \S+ (unknown|info|stateset|gaugehistogram)/m.test(text) || / # \{/.test(text)
    const milliseconds = lines.some((line) => /\s\d{12,15}$/.test(line))
    return {
      confidence: comments > 0 ? 0.98 : 0.7,
      layout: isOpen ? 'openmetrics' : 'prometheus',
      timeUnit: chosen.timeUnit ?? (milliseconds ? 'ms' : 's'),
    }
  },
  open: (options) =>
    expositionReader(options, options.layout === 'prometheus' ? 'prometheus' : 'openmetrics', options.mapping.timeUnit),
}

export const plainLog: WireFormat<'plain-log'> = {
  name: 'plain-log',
  mapped: ['timeUnit', 'timeZone', 'service'],
  sniff({ lines, chosen, fileTime }) {
    const near = new Date(Number(fileTime / 1_000_000n))
    let matched = 0
    let epoch = 0
    const names = new Map<string, number>()
    let unit: TimeUnit = 'none'
    for (const line of lines) {
      const found = parseLine(withoutColours(line.slice(0, 20_000)), near, undefined, withoutColours(line))
      if (!found) continue
      matched++
      names.set(found.layout.name, (names.get(found.layout.name) ?? 0) + 1)
      if (found.parts.epoch !== undefined) {
        epoch++
        unit = unitOfValue(Number(found.parts.epoch)) ?? unit
      } else unit = 'pattern'
    }
    const problems: string[] = []
    if (matched === 0) problems.push('no line begins with a time that is known; every line gets the time of the file')
    if (names.size > 1) problems.push(`several layouts: ${[...names.keys()].join(', ')}`)
    return {
      confidence: matched === 0 ? 0.2 : Math.min(0.95, 0.5 + (0.5 * matched) / lines.length),
      layout: 'text',
      timeUnit: chosen.timeUnit ?? (epoch > 0 && epoch === matched ? unit : matched > 0 ? 'pattern' : 'none'),
      mapping: { timeZone: chosen.timeZone ?? 'UTC' },
      problems,
    }
  },
  open: plainLogReader,
  split: (options) => ({ beginsAt: beginsPlainRow(options), oneRowALine: true }),
}
