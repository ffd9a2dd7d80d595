// "What is this?" beside a number that stands in no table and no picture.

import type { MethodName } from '../../shared/contract/index.ts'
import { useT } from '../i18n/index.ts'
import { IconButton } from '../ui/Button.tsx'
import { askAbout, type Question } from './asking.ts'

/** `value`: the number as it is written; `question`: the one that it answers. */
export function WhyButton<M extends MethodName>({ question, value }: { question: Question<M>; value: string }) {
  const t = useT()
  return (
    <IconButton
      icon="question"
      label={t('workbench.value.why')}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect()
        askAbout({ ...question, value, at: { x: box.left, y: box.bottom } })
      }}
    />
  )
}
