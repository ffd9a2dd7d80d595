// The lines of a question as a file: page after page from the engine, cancellable, its limit said and not silent.

import type { MethodInput } from '../../../shared/contract/index.ts'
import { t } from '../../i18n/index.ts'
import { asWatchdeckError, engine } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { beginBusy } from '../../lib/idle.ts'
import { saveText } from '../../lib/save-text.ts'
import { dismissToast, toast, toastError } from '../../workbench/index.ts'
import type { Order } from './line-window.ts'
import type { LogQuestion } from './use-lines.ts'

const PAGE = 5000
/** A page of a browser holds this much text with ease; whole sources are exported from the command line. */
export const MOST_LINES = 200_000

export async function exportLines(question: LogQuestion, order: Order, format: 'csv' | 'ndjson'): Promise<void> {
  const done = beginBusy()
  const abort = new AbortController()
  const note = toast(t('logs.export.running'), {
    tone: 'neutral',
    lastsMs: 0,
    action: { label: t('ui.cancel'), run: () => abort.abort() },
  })
  try {
    const parts: string[] = []
    let rows = 0
    let cursor: string | undefined
    do {
      const input: MethodInput<'logs.search'> = {
        ...question,
        order,
        limit: Math.min(PAGE, MOST_LINES - rows),
        ...(cursor === undefined ? {} : { cursor }),
      }
      const page = await engine().call(
        'export.table',
        { method: 'logs.search', input, format },
        { signal: abort.signal },
      )
      parts.push(format === 'csv' && parts.length > 0 ? withoutHeader(page.text) : page.text)
      rows += page.rows
      cursor = page.nextCursor
    } while (cursor !== undefined && rows < MOST_LINES)
    saveText(parts, `logs.${format}`, format === 'csv' ? 'text/csv' : 'application/x-ndjson')
    if (cursor === undefined) toast(t('logs.export.done', { count: formatCount(rows) }), { tone: 'ok' })
    else toast(t('logs.export.limited', { count: formatCount(rows) }), { tone: 'warning', lastsMs: 0 })
  } catch (thrown) {
    const error = asWatchdeckError(thrown)
    if (error.code !== 'cancelled' && !abort.signal.aborted) toastError(error, t('logs.export.failed'))
  } finally {
    dismissToast(note)
    done()
  }
}

/** The header is the first line: names of columns hold no line breaks. */
export const withoutHeader = (csv: string): string => csv.slice(csv.indexOf('\n') + 1)
