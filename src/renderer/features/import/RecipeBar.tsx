// Kept mappings for files like this one: to be taken again with one press, and the present one to be kept under a name.

import { useState } from 'react'
import type { Mapping } from '../../../shared/contract/import.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useEngine } from '../../lib/engine/index.ts'
import { beginBusy } from '../../lib/idle.ts'
import { Button, TextField } from '../../ui/index.ts'
import { toast, toastError } from '../../workbench/index.ts'
import styles from './Import.module.css'
import type { PreviewFile } from './preview-file.ts'

export interface RecipeBarProps {
  /** as it was detected, with the recipes that are for it */
  readonly file: PreviewFile
  readonly mapping: Mapping | undefined
  readonly onChange: (mapping: Mapping | undefined) => void
}

export function RecipeBar({ file, mapping, onChange }: RecipeBarProps) {
  const t = useT()
  const engine = useEngine()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const save = async (kept: Mapping): Promise<void> => {
    const done = beginBusy()
    setBusy(true)
    try {
      await engine.call('import.saveRecipe', { name: name.trim(), path: file.path, mapping: kept })
      toast(t('imports.recipe.saved', { name: name.trim() }))
      setName('')
    } catch (error) {
      toastError(asWatchdeckError(error), t('imports.recipe.failed'))
    } finally {
      setBusy(false)
      done()
    }
  }
  if (mapping === undefined && file.recipes.length === 0) return null
  return (
    <div className={styles['recipes']}>
      {mapping === undefined ? (
        <>
          <span>{t('imports.recipe.offer')}</span>
          {file.recipes.map((recipe) => (
            <Button key={recipe.id} onClick={() => onChange(recipe.mapping)}>
              {t('imports.recipe.use', { name: recipe.name })}
            </Button>
          ))}
        </>
      ) : (
        <>
          <TextField
            label={t('imports.recipe.name')}
            placeholder={t('imports.recipe.name')}
            value={name}
            maxLength={100}
            onChange={setName}
          />
          <Button disabled={busy || name.trim() === ''} onClick={() => void save(mapping)}>
            {t('imports.recipe.save')}
          </Button>
        </>
      )}
    </div>
  )
}
