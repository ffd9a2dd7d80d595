// What is wrong with a PromQL query, with the place in it.

import type { WatchdeckError } from '../../../shared/base/errors.ts'
import { say, useT } from '../../i18n/index.ts'
import { ErrorState, StatusShape } from '../../ui/index.ts'
import styles from './metrics.module.css'

function placeIn(error: WatchdeckError, query: string): [number, number] | undefined {
  const { details } = error
  if (typeof details !== 'object' || details === null || !('from' in details) || !('to' in details)) return undefined
  const { from, to } = details
  if (typeof from !== 'number' || typeof to !== 'number') return undefined
  const start = Math.min(from, query.length)
  return [start, Math.min(Math.max(to, start + 1), Math.max(query.length, start))]
}

export function QueryProblem({ query, error, onRetry }: { query: string; error: WatchdeckError; onRetry: () => void }) {
  const t = useT()
  const place = placeIn(error, query)
  // asked once more, what cannot be read is refused once more
  if (!place && error.code !== 'invalid_input') return <ErrorState error={error} onRetry={onRetry} />
  const [from, to] = place ?? [0, 0]
  return (
    <div className={styles['problem']} role="alert">
      <p>
        <StatusShape tone="critical" />{' '}
        {t('metrics.problem', {
          what: error.code === 'invalid_input' ? t('metrics.badQuery') : t(`ui.error.${error.code}`),
          message: say(error.message.replace(/^\d+:\d+: (?:parse error: )?/, '')),
        })}
      </p>
      <pre className={styles['problemQuery']}>
        {query.slice(0, from)}
        {place && <mark>{query.slice(from, to) || '␣'}</mark>}
        {query.slice(to)}
      </pre>
      {error.hint !== undefined && <p className={styles['dim']}>{say(error.hint)}</p>}
    </div>
  )
}
