// Add or edit a live source: what is needed first, the rest folded away; tried before it is kept.

import { type FormEvent, useEffect, useRef, useState } from 'react'
import { LIVE_KINDS, type SourceSpec } from '../../../shared/contract/source-spec.ts'
import type { TestStep } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand } from '../../lib/engine/index.ts'
import { Button, ErrorState, Select } from '../../ui/index.ts'
import { openTarget, toast, toastError, undoBy } from '../../workbench/index.ts'
import { DraftText, type FormState } from './fields.tsx'
import { FormSections } from './FormSections.tsx'
import { ADDRESSES, type Draft, draftOf, EMPTY, specOf } from './form.ts'
import { wrongOf } from './form-wrong.ts'
import { type Keep, SignIn } from './SignIn.tsx'
import styles from './Sources.module.css'
import { TestSteps } from './TestSteps.tsx'

interface Props {
  readonly id?: string
  readonly before?: SourceSpec
  /** where the secrets of `before` are kept now */
  readonly keeps?: Keep | undefined
  /** they were for a session that is over, or are in no vault here: they are given again */
  readonly over?: boolean | undefined
}

export function SourceForm({ id, before, keeps = 'vault', over = false }: Props) {
  const t = useT()
  const element = useRef<HTMLFormElement>(null)
  const add = useCommand('sources.add')
  const edit = useCommand('sources.edit')
  const test = useCommand('sources.test')
  const [draft, setDraft] = useState<Draft>(() => (before ? draftOf(before, over) : EMPTY))
  const [keep, setKeep] = useState<Keep>(keeps)
  const [steps, setSteps] = useState<readonly TestStep[]>()
  /** how often it was said to be ready; what is wrong is shown from the first time on */
  const [tried, setTried] = useState(over ? 1 : 0)
  const form: FormState = {
    draft,
    set: (change) => setDraft((now) => ({ ...now, ...change })),
    wrong: tried > 0 ? wrongOf(draft, before?.headers) : {},
  }
  // the first field that is wrong is where one goes on
  useEffect(() => {
    if (tried > 0) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried])
  const ready = (): boolean => {
    setTried((times) => times + 1)
    return Object.keys(wrongOf(draft, before?.headers)).length === 0
  }
  const tryOut = async (now: Draft): Promise<void> => {
    setSteps(undefined)
    try {
      const answer = await test.run({
        ...(id === undefined ? {} : { id }),
        spec: specOf(now, before),
        confirmCommands: now.confirmed,
      })
      setSteps(answer.steps)
    } catch (reason) {
      toastError(asWatchdeckError(reason), t('sources.testFailed'))
    }
  }
  const fail = (reason: unknown): void => void toastError(asWatchdeckError(reason), t('sources.saveFailed'))
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!ready()) return
    const spec = specOf(draft, before)
    try {
      if (id === undefined) {
        const made = await add.run({ ...spec, keep, confirmCommands: draft.confirmed })
        toast(t('sources.added', { name: spec.name }))
        openTarget({ view: 'sources', path: [made.id] })
        return
      }
      await edit.run({ id, spec, keep, confirmCommands: draft.confirmed })
      toast(t('sources.edited', { name: spec.name }), {
        tone: 'neutral',
        action: undoBy('sources.revert', { id }, t('sources.saveFailed')),
      })
      openTarget({ view: 'sources', path: [id] })
    } catch (reason) {
      fail(reason)
    }
  }
  return (
    <form
      ref={element}
      className={styles['form']}
      aria-label={t(id === undefined ? 'sources.addTitle' : 'sources.edit')}
      onSubmit={(event) => void save(event)}
      noValidate
    >
      {over && <p className={styles['warn']}>{t(`sources.over.${keeps}`)}</p>}
      {id === undefined && (
        <Select
          label={t('sources.field.kind')}
          showLabel
          className={styles['pick'] ?? ''}
          value={draft.kind}
          onChange={(kind) => form.set({ kind })}
          options={LIVE_KINDS.map((value) => ({ value, label: t(`imports.kind.${value}`) }))}
        />
      )}
      <DraftText
        form={form}
        name="name"
        placeholder={t('sources.namePlaceholder', { kind: t(`imports.kind.${draft.kind}`) })}
      />
      <DraftText
        form={form}
        name="url"
        mono
        placeholder={ADDRESSES[draft.kind]}
        help={t(`sources.kindHelp.${draft.kind}`)}
      />
      <DraftText form={form} name="environment" placeholder="prod" />
      <SignIn form={form} before={before} keep={keep} setKeep={setKeep} />
      <FormSections form={form} />
      <div className={styles['buttons']}>
        <Button
          disabled={test.running}
          onClick={() => {
            if (ready()) void tryOut(draft)
          }}
        >
          {t(test.running ? 'sources.testing' : 'sources.test')}
        </Button>
        <Button kind="primary" type="submit" disabled={add.running || edit.running}>
          {t(id === undefined ? 'sources.add' : 'sources.save')}
        </Button>
      </div>
      {test.error && <ErrorState error={test.error} />}
      {steps && (
        <TestSteps
          steps={steps}
          onAccept={({ hop, hostKey }) => {
            const hops = draft.hops.map((each, at) => (at === hop ? { ...each, hostKey } : each))
            form.set({ hops })
            void tryOut({ ...draft, hops })
          }}
        />
      )}
    </form>
  )
}
