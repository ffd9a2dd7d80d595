// The way to a source, step by step: what went well with its time, and the first that failed with what to do.

import type { TestStep } from '../../../shared/contract/sources.ts'
import { say, useT } from '../../i18n/index.ts'
import { Button, Num, StatusShape } from '../../ui/index.ts'
import styles from './Sources.module.css'

interface Props {
  readonly steps: readonly TestStep[]
  readonly onAccept?: (offer: NonNullable<TestStep['offer']>) => void
}

export function TestSteps({ steps, onAccept }: Props) {
  const t = useT()
  return (
    <ol className={styles['steps']} aria-label={t('sources.testSteps')}>
      {steps.map((step) => (
        <li key={step.step} className={styles['step']}>
          <StatusShape
            tone={step.ok ? 'ok' : 'critical'}
            label={t(step.ok ? 'sources.stepOk' : 'sources.stepFailed')}
          />
          <span className={styles['stepName']}>{t(`sources.step.${step.step}`)}</span>
          <span className={styles['stepText']}>
            {say(step.message)}
            {step.hint !== undefined && <span className={styles['hint']}>{say(step.hint)}</span>}
            <Offer step={step} onAccept={onAccept} />
          </span>
          <Num value={step.tookNs} unit="ns" />
        </li>
      ))}
    </ol>
  )
}

function Offer({ step, onAccept }: { step: TestStep; onAccept: Props['onAccept'] | undefined }) {
  const t = useT()
  const { offer } = step
  return offer && onAccept ? <Button onClick={() => onAccept(offer)}>{t('sources.acceptKey')}</Button> : null
}
