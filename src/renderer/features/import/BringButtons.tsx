// The ways in that need a chooser: files, a folder, an incident file. Dropping works everywhere and needs no button.

import { useRef } from 'react'
import { useT } from '../../i18n/index.ts'
import { Button } from '../../ui/index.ts'
import { takeFiles } from '../../workbench/index.ts'
import styles from './Import.module.css'

export function BringButtons({ primary = false }: { primary?: boolean }) {
  const t = useT()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = (input: HTMLInputElement): void => {
    void takeFiles([...(input.files ?? [])])
    // the same file may be chosen again
    input.value = ''
  }
  return (
    <>
      <Button kind={primary ? 'primary' : 'plain'} icon="import" onClick={() => files.current?.click()}>
        {t('imports.chooseFiles')}
      </Button>
      <Button icon="folder" onClick={() => folder.current?.click()}>
        {t('imports.chooseFolder')}
      </Button>
      <input
        ref={files}
        type="file"
        multiple
        className={styles['hidden']}
        aria-label={t('imports.chooseFiles')}
        data-testid="choose-files"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        className={styles['hidden']}
        aria-label={t('imports.chooseFolder')}
        data-testid="choose-folder"
        {...{ webkitdirectory: '' }}
        onChange={(event) => take(event.currentTarget)}
      />
    </>
  )
}
