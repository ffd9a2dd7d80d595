// Where the query is typed: completion, the place of a mistake, and how many lines match before it is run.

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { parseLogQuery } from '../../../shared/domain/log-query.ts'
import { logQueryAdvice } from '../../../shared/domain/log-query-advice.ts'
import { say, useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { Button, CodeEditor, StatusShape } from '../../ui/index.ts'
import { completionFor } from './complete.ts'
import styles from './logs.module.css'
import { QueryHelp } from './QueryHelp.tsx'
import type { LogQuestion } from './use-lines.ts'

/** What is wrong with a query, and where; undefined when it can be read. */
export function problemOf(query: string): { from: number; to: number; message: string; hint?: string } | undefined {
  try {
    parseLogQuery(query)
    return undefined
  } catch (error) {
    if (!(error instanceof WatchdeckError)) throw error
    const details = typeof error.details === 'object' && error.details !== null ? error.details : {}
    const from = 'position' in details && typeof details.position === 'number' ? details.position : 0
    const length = 'length' in details && typeof details.length === 'number' ? details.length : query.length
    return {
      from,
      to: Math.max(from + length, from + 1),
      message: say(error.message),
      ...(error.hint === undefined ? {} : { hint: say(error.hint) }),
    }
  }
}

/** The value once it has not changed for a moment. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

export interface QueryRowProps {
  readonly query: string
  readonly onRun: (query: string) => void
  /** the question in force, for completion and for the count of what is being typed */
  readonly question: LogQuestion
  /** the draft joined with the filters in force */
  readonly joined: (draft: string) => string
  /** out of the editor: Escape */
  readonly onLeave: () => void
  readonly actions: ReactNode
}

export function QueryRow({ query, onRun, question, joined, onLeave, actions }: QueryRowProps) {
  const t = useT()
  const [draft, setDraft] = useState(query)
  const host = useRef<HTMLDivElement>(null)
  // spaces at the ends are the person's own: replacing the text would move the cursor
  useEffect(() => setDraft((now) => (now.trim() === query.trim() ? now : query)), [query])
  const problem = useMemo(() => problemOf(draft), [draft])
  const advice = useMemo(() => (problem === undefined ? logQueryAdvice(draft) : undefined), [draft, problem])
  const scopeKey = JSON.stringify([question.range, question.sources])
  const complete = useMemo(() => {
    const [range, sources] = JSON.parse(scopeKey) as [LogQuestion['range'], string[] | null]
    return completionFor(sources ? { range, sources } : { range }, formatCount)
  }, [scopeKey])
  const settled = useSettled(draft, 250)
  const asked = settled.trim() !== query.trim() && problemOf(settled) === undefined && settled === draft
  const preview = useMethod('logs.count', asked ? { ...question, query: joined(settled) } : null, {
    keepPrevious: false,
  })
  /** something else than what was asked last */
  const typed = draft.trim() !== query.trim()
  const run = (text: string): void => {
    if (problemOf(text) === undefined) onRun(text.trim())
  }
  return (
    <div className={styles['queryPlace']}>
      <div
        className={styles['query']}
        role="search"
        ref={host}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return
          event.preventDefault()
          onLeave()
        }}
      >
        <CodeEditor
          language="query"
          label={t('logs.query.label')}
          placeholder={t('logs.query.placeholder')}
          value={draft}
          onChange={setDraft}
          onRun={run}
          complete={complete}
          problems={problem ? [problem] : []}
        />
        <Button kind={typed ? 'primary' : 'plain'} onClick={() => run(draft)}>
          {t('logs.query.run')}
        </Button>
        <QueryHelp
          onTry={(text) => {
            setDraft(text)
            onRun(text)
          }}
        />
        {actions}
      </div>
      {(problem || asked || advice) && (
        <div className={styles[typed ? 'draft' : 'headline']} aria-live="polite">
          {problem ? (
            <>
              <span className={styles['problem']}>
                <StatusShape tone="critical" /> {problem.message}
              </span>
              {problem.hint !== undefined && <span className={styles['hint']}>{problem.hint}</span>}
            </>
          ) : asked ? (
            <span>
              {preview.data
                ? t('logs.query.preview', { count: formatCount(preview.data.count) })
                : preview.error
                  ? say(preview.error.message)
                  : t('logs.query.counting')}
            </span>
          ) : null}
          {advice !== undefined && (
            <span className={styles['hint']}>
              {t('logs.query.advice', { typed: advice.typed })}{' '}
              <Button
                kind="quiet"
                onClick={() => setDraft(draft.slice(0, advice.from) + advice.instead + draft.slice(advice.to))}
              >
                {t('logs.query.instead', { instead: advice.instead })}
              </Button>
            </span>
          )}
        </div>
      )}
    </div>
  )
}
