// The lines of a question for the screen: the first page through the query cache (refreshed when data changes, old lines
// stay dimmed), the rest page by page into a LineWindow.

import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { WatchdeckError } from '../../../shared/base/errors.ts'
import { asWatchdeckError, type MethodState, useEngine, useMethod } from '../../lib/engine/index.ts'
import { type Directions, type LogInput, type LogPage, LineWindow, type Order } from './line-window.ts'

const PAGE = 200

export interface LogQuestion {
  readonly range: { readonly from: string; readonly to: string }
  readonly query?: string
  readonly sources?: string[]
}

export interface Lines {
  readonly window: LineWindow | undefined
  readonly first: MethodState<LogPage>
  /** a later page failed: what is shown is right, but it is not all */
  readonly pageError: WatchdeckError | undefined
  readonly order: Order
}

const never = (): (() => void) => () => undefined

/** Renders what shows lines when they came or went, and nothing else: pages come while the list is scrolled. */
export function useContent(window: LineWindow | undefined): void {
  useSyncExternalStore(window?.listen ?? never, () => window?.version ?? 0)
}

/** `at`: an instant (RFC 3339) within the range where the list begins; lines on both sides of it can be scrolled to. */
export function directionsOf(question: LogQuestion, order: Order, at: string | undefined): Directions {
  const input = (range: LogQuestion['range'], direction: Order): LogInput => ({
    ...question,
    range,
    order: direction,
    limit: PAGE,
  })
  if (at === undefined) return { down: input(question.range, order) }
  const earlier = { from: question.range.from, to: at }
  const later = { from: at, to: question.range.to }
  return order === 'desc'
    ? { down: input(earlier, 'desc'), up: input(later, 'asc') }
    : { down: input(later, 'asc'), up: input(earlier, 'desc') }
}

/** `question` null: one that cannot be asked. */
export function useLines(question: LogQuestion | null, order: Order, at: string | undefined): Lines {
  const engine = useEngine()
  const [pageError, setPageError] = useState<WatchdeckError>()
  const key = JSON.stringify([question, order, at])
  const directions = useMemo(() => {
    const [q, o, a] = JSON.parse(key) as [LogQuestion | null, Order, string | null]
    return q === null ? undefined : directionsOf(q, o, a ?? undefined)
  }, [key])
  const first = useMethod('logs.search', directions?.down ?? null)
  const shown = useRef<{ window: LineWindow; of: LogPage; abort: AbortController; directions: Directions }>(undefined)
  if (
    directions &&
    first.data &&
    !first.stale &&
    (shown.current?.of !== first.data || shown.current.directions !== directions)
  ) {
    shown.current?.abort.abort()
    const abort = new AbortController()
    const window = new LineWindow({
      directions,
      first: first.data,
      ask: (input) => engine.call('logs.search', input, { signal: abort.signal }),
      failed: (error) => !abort.signal.aborted && setPageError(asWatchdeckError(error)),
    })
    shown.current = { window, of: first.data, abort, directions }
  }
  const window = shown.current?.window
  useEffect(() => {
    setPageError(undefined)
    // an anchored list shows a few lines of the other side at once, so that the anchor is seen in its surroundings
    if (window && at !== undefined) void window.more('up')
  }, [window, at])
  useEffect(() => () => shown.current?.abort.abort(), [])
  return { window, first, pageError, order }
}
