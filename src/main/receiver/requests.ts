// Requests that were committed, as the journal of the store has them: within the transaction of their rows, so that a
// request whose answer was lost in a crash is known when it comes again.

import { asEpochNs, type EpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { JournalEntry, JournalFile } from '../storage/telemetry/api.ts'
import { KNOWN_FOR_NS, RECEIVED_FORMAT } from '../storage/telemetry/journal.ts'
import { KNOWN_REQUESTS } from './reception.ts'

/** What a commit of the receiver leaves in the journal beside its rows. */
export function journalOf(requests: readonly string[], rows: number, now: EpochNs): JournalFile {
  return {
    sha256: requests.join(' '),
    path: '',
    bytes: 0,
    format: RECEIVED_FORMAT,
    rowsTaken: rows,
    rowsSkipped: 0,
    importedAt: formatRfc3339(now),
  }
}

/** The newest ones of the last hour, oldest first. */
export function requestsOf(journal: readonly JournalEntry[], now: EpochNs): string[] {
  const since = asEpochNs(now - KNOWN_FOR_NS)
  const out: string[][] = []
  let count = 0
  for (let i = journal.length - 1; i >= 0 && count < KNOWN_REQUESTS; i--) {
    const file = journal[i]?.file
    // older ones that were folded into one name no request
    if (file?.format !== RECEIVED_FORMAT || file.sha256 === '') continue
    const at = tryParseRfc3339(file.importedAt)
    if (at === undefined || at < since) break
    const names = file.sha256.split(' ')
    out.unshift(names)
    count += names.length
  }
  return out.flat().slice(-KNOWN_REQUESTS)
}
