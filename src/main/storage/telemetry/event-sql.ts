// The events of spans, as SQL: they are kept as JSON, in the times that their source told.

import type { Scope } from './api.ts'

/** What corrects the clock of each row's source, as SQL over `source`; undefined where no clock is corrected. */
function clockSql(scope: Scope): string | undefined {
  const keys = scope.sources.map((id) => scope.sourceKey(id))
  const moved = keys.filter((key) => scope.clockOffset(key) !== 0n)
  if (moved.length === 0) return undefined
  return `CASE t.source ${moved.map((key) => `WHEN ${key} THEN ${scope.clockOffset(key)}`).join(' ')} ELSE 0 END`
}

const withTimes = (time: string): string =>
  `CASE WHEN t.events IS NULL OR t.events = '[]' THEN t.events
    ELSE to_json(list_transform(t.events::JSON[], lambda e: json_merge_patch(e, json_object('time', ${time}))))::VARCHAR END`

/** As traces.get tells them: their times as RFC 3339, corrected as those of their source `t` are. */
export function toldEvents(scope: Scope): string {
  const ns = `((e ->> 'time')::BIGINT + ${clockSql(scope) ?? '0'})`
  const below = `((${ns} % 1000 + 1000) % 1000)`
  return withTimes(
    `strftime(make_timestamp((${ns} - ${below}) // 1000), '%Y-%m-%dT%H:%M:%S.%f') || lpad(${below}::VARCHAR, 3, '0') || 'Z'`,
  )
}

/** As they are kept, corrected; undefined where nothing has to be. */
export function movedEvents(scope: Scope): string | undefined {
  const clock = clockSql(scope)
  return clock && withTimes(`((e ->> 'time')::BIGINT + ${clock})::VARCHAR`)
}
