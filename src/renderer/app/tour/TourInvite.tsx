// The word about the tour on the start page, for whoever has neither taken nor declined it.

import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { Button } from '../../ui/Button.tsx'
import { leaveTour, takeTour, TOUR, useTour } from './tour.ts'
import styles from './Tour.module.css'

export function TourInvite() {
  const t = useT()
  const { data } = useMethod('settings.get', {})
  const running = useTour((s) => s.at !== undefined)
  if (data?.tour !== 'new' || running) return null
  return (
    <p className={styles['invite']}>
      {t('app.tour.invite', { count: TOUR.length })}
      <Button icon="play" onClick={() => takeTour()}>
        {t('app.tour.take')}
      </Button>
      <Button kind="quiet" onClick={leaveTour}>
        {t('app.tour.decline')}
      </Button>
    </p>
  )
}
