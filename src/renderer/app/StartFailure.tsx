// Shown instead of everything when the page cannot reach its engine.
import type { WatchdeckError } from '../../shared/base/errors.ts'
import { useT } from '../i18n/index.ts'
import { ErrorState } from '../ui/State.tsx'

export function StartFailure({ error }: { error: WatchdeckError }) {
  const t = useT()
  return (
    <main>
      <ErrorState error={error} what={t('app.connect.failed')} onRetry={() => location.reload()} />
    </main>
  )
}
