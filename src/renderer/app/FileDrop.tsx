// Files may be dropped anywhere.

import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { takeDrop } from '../workbench/bring-files.ts'
import styles from './App.module.css'

export function FileDrop({ children }: { children: ReactNode }) {
  const t = useT()
  const [over, setOver] = useState(false)
  const depth = useRef(0)
  useEffect(() => {
    const holds = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent): void => {
      if (!holds(event)) return
      depth.current++
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (!holds(event)) return
      depth.current = Math.max(0, depth.current - 1)
      if (depth.current === 0) setOver(false)
    }
    const drag = (event: DragEvent): void => {
      if (holds(event)) event.preventDefault()
    }
    const drop = (event: DragEvent): void => {
      if (!holds(event)) return
      event.preventDefault()
      depth.current = 0
      setOver(false)
      if (event.dataTransfer) void takeDrop(event.dataTransfer)
    }
    window.addEventListener('dragenter', enter)
    window.addEventListener('dragleave', leave)
    window.addEventListener('dragover', drag)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragenter', enter)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('dragover', drag)
      window.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <>
      {children}
      {over && <div className={styles['dropVeil']}>{t('app.drop.title')}</div>}
    </>
  )
}
