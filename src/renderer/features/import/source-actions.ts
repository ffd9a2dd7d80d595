// What can be done to a source, with what is said about it: switch, rename, correct the clock, remove and take back.

import { useMemo } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useEngine } from '../../lib/engine/index.ts'
import { beginBusy } from '../../lib/idle.ts'
import { toast, toastError, undoBy } from '../../workbench/index.ts'

export interface SourceActions {
  readonly switchTo: (source: Source, on: boolean) => Promise<void>
  readonly rename: (source: Source, name: string) => Promise<void>
  /** epoch offset in ns added to every time of the source */
  readonly setClock: (source: Source, offsetNs: bigint) => Promise<void>
  readonly remove: (source: Source) => Promise<void>
  readonly restore: (source: Source) => Promise<void>
}

export function useSourceActions(): SourceActions {
  const t = useT()
  const engine = useEngine()
  return useMemo(() => {
    const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
      const done = beginBusy()
      try {
        await work()
        return true
      } catch (error) {
        toastError(asWatchdeckError(error), what)
        return false
      } finally {
        done()
      }
    }
    const update = (input: MethodInput<'sources.update'>): Promise<boolean> =>
      attempt(t('imports.changeFailed'), () => engine.call('sources.update', input))
    const restore = async (source: Source): Promise<void> => {
      if (await attempt(t('imports.restoreFailed'), () => engine.call('sources.restore', { id: source.id })))
        toast(t('imports.restored', { name: source.name }))
    }
    return {
      restore,
      switchTo: async (source, on) => void (await update({ id: source.id, on })),
      rename: async (source, name) => void (await update({ id: source.id, name })),
      setClock: async (source, offsetNs) => void (await update({ id: source.id, clockOffsetNs: String(offsetNs) })),
      remove: async (source) => {
        if (!(await attempt(t('imports.removeFailed'), () => engine.call('sources.remove', { id: source.id })))) return
        toast(t('imports.removed', { name: source.name }), {
          tone: 'neutral',
          detail: t('imports.removedText'),
          action: undoBy(
            'sources.restore',
            { id: source.id },
            t('imports.restoreFailed'),
            t('imports.restored', { name: source.name }),
          ),
        })
      },
    }
  }, [engine, t])
}
