// Keys of a trace on screen: next error, next match, folds, zoom. They win over the global ones of the same key.

import { type RefObject, useCallback, useMemo, useRef } from 'react'
import { type Command, toastError, useCommands } from '../../../workbench/index.ts'
import { t } from '../../../i18n/index.ts'
import { asWatchdeckError, engine } from '../../../lib/engine/index.ts'
import { foldFrom, unfoldAll } from './folding.ts'
import type { WaterfallInput } from './lines.ts'
import type { TraceChange, TraceState } from './state.ts'
import type { Zoom } from './zoom.ts'

/** To the next or previous failed span or match, from the chosen one; around the end. */
export type Step = (what: 'errors' | 'matches', direction: 'next' | 'previous') => void

export function useTraceCommands(of: {
  base: WaterfallInput
  state: TraceState
  change: TraceChange
  zoom: Zoom
  find: RefObject<HTMLInputElement | null>
}): Step {
  const latest = useRef(of)
  latest.current = of
  const step = useCallback<Step>((what, direction) => {
    const { base, state, change } = latest.current
    const go = async (): Promise<void> => {
      const question = { ...base, direction, errors: what === 'errors' }
      const here =
        state.span === undefined ? null : (await engine().call('traces.locate', { ...base, spanId: state.span })).row
      let found = await engine().call('traces.locate', { ...question, after: here ?? -1 })
      if (found.row === null && here !== null) found = await engine().call('traces.locate', { ...question, after: -1 })
      if (found.spanId !== null) change({ span: found.spanId, tab: 'waterfall' }, { replace: true })
    }
    go().catch((error: unknown) => toastError(asWatchdeckError(error), t('traces.cannotFind')))
  }, [])
  const commands = useMemo<readonly Command[]>(() => {
    const group = 'traces.keys' as const
    const { zoom } = latest.current
    const change: TraceChange = (next, options) => latest.current.change(next, options)
    const key = (id: string, title: Command['title'], keys: string[], run: () => void): Command => ({
      id: `traces.${id}`,
      title,
      keys,
      group,
      run,
    })
    return [
      key('find', 'traces.command.find', ['/'], () => {
        change({ tab: 'waterfall' })
        // at once: the next key may come within this frame
        latest.current.find.current?.focus()
      }),
      key('nextError', 'traces.command.nextError', [']'], () => step('errors', 'next')),
      key('previousError', 'traces.command.previousError', ['['], () => step('errors', 'previous')),
      key('nextMatch', 'traces.command.nextMatch', ['n'], () => step('matches', 'next')),
      key('previousMatch', 'traces.command.previousMatch', ['Shift+n'], () => step('matches', 'previous')),
      key('unfold', 'traces.command.unfoldAll', ['e'], () => change(unfoldAll)),
      key('fold', 'traces.command.foldAll', ['c'], () => change(foldFrom(1))),
      key('zoomIn', 'traces.command.zoomIn', ['=', '+'], () => zoom.scale(0.5)),
      key('zoomOut', 'traces.command.zoomOut', ['-'], () => zoom.scale(2)),
      key('zoomAll', 'traces.command.zoomAll', ['0'], () => zoom.reset()),
      key('panLeft', 'traces.command.panLeft', ['Shift+ArrowLeft'], () => zoom.pan(-0.25)),
      key('panRight', 'traces.command.panRight', ['Shift+ArrowRight'], () => zoom.pan(0.25)),
    ]
  }, [step])
  useCommands(commands)
  return step
}
