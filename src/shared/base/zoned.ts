// Instants as a reader of a zone writes them: reports and summaries that leave the page.

import { WatchdeckError } from './errors.ts'

export interface Zoned {
  /** `2026-11-02 14:05:09` */
  readonly full: (ms: number) => string
  /** `14:05` */
  readonly clock: (ms: number) => string
}

/** @throws WatchdeckError invalid_input for a zone that is not known */
export function zoned(zone: string): Zoned {
  try {
    const timeZone = zone === 'local' ? undefined : zone
    // Swedish order is year-month-day with a 24-hour clock, in either language
    const full = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    const short = new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' })
    return { full: (ms) => full.format(ms), clock: (ms) => short.format(ms) }
  } catch {
    throw new WatchdeckError('invalid_input', `There is no time zone ${JSON.stringify(zone)}.`, {
      hint: 'Use an IANA name such as Asia/Shanghai, or UTC.',
    })
  }
}
