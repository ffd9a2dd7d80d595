// The conditions of a silence, one row each: label, operator, value; those that the alert at hand does not meet are marked.

import { say, useT } from '../../i18n/index.ts'
import { Button, IconButton, Select, StatusShape, TextField } from '../../ui/index.ts'
import styles from './alerts.module.css'
import { type Condition, holds, OPERATORS, problemOf } from './matchers.ts'

export function MatcherRows({
  conditions,
  labels,
  onChange,
}: {
  conditions: readonly Condition[]
  labels: Readonly<Record<string, string>>
  onChange: (conditions: readonly Condition[]) => void
}) {
  const t = useT()
  const change = (id: number, fields: Partial<Condition>): void =>
    onChange(conditions.map((each) => (each.id === id ? { ...each, ...fields } : each)))
  const add = (): void => {
    const id = Math.max(-1, ...conditions.map((each) => each.id)) + 1
    onChange([...conditions, { id, name: '', operator: '=', value: '' }])
  }
  return (
    <fieldset className={styles['matchers']}>
      <legend>{t('alerts.matchers')}</legend>
      {conditions.map((condition, index) => {
        const problem = problemOf(condition)
        const number = index + 1
        return (
          <div key={condition.id} className={styles['matcher']}>
            <TextField
              label={t('alerts.matcher.name', { number })}
              mono
              list="silence-labels"
              value={condition.name}
              onChange={(name) => change(condition.id, { name })}
              error={problem?.kind === 'name' ? t('alerts.matcher.noName') : undefined}
            />
            <Select
              label={t('alerts.matcher.operator', { number })}
              value={condition.operator}
              onChange={(operator) => change(condition.id, { operator })}
              options={OPERATORS.map((value) => ({ value, label: `${value} ${t(`alerts.operator.${value}`)}` }))}
            />
            <TextField
              label={t('alerts.matcher.value', { number })}
              mono
              value={condition.value}
              placeholder={t('alerts.matcher.empty')}
              onChange={(value) => change(condition.id, { value })}
              error={
                problem?.kind === 'regex' ? `${t('alerts.matcher.noRegex')} ${say(problem.reason ?? '')}` : undefined
              }
            />
            <IconButton
              icon="close"
              label={t('alerts.matcher.remove', { number })}
              onClick={() => onChange(conditions.filter((each) => each.id !== condition.id))}
            />
            {holds(condition, labels) === false && (
              <p className={styles['unmet']}>
                <StatusShape tone="warning" /> {t('alerts.matcher.unmet')}
              </p>
            )}
          </div>
        )
      })}
      <datalist id="silence-labels">
        {Object.keys(labels).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Button kind="quiet" icon="plus" onClick={add}>
        {t('alerts.matcher.add')}
      </Button>
    </fieldset>
  )
}
