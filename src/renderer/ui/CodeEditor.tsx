// One-line and many-line query editors on CodeMirror, loaded when first needed. Enter runs, Shift+Enter breaks the line.

import { Suspense } from 'react'
import { part } from '../lib/part.ts'
import styles from './CodeEditor.module.css'
import { PendingView } from './State.tsx'
import type { CodeEditorProps } from './CodeEditorCore.tsx'

export type { CodeEditorProps, CompletionItem, CompletionSource } from './CodeEditorCore.tsx'

const Core = part(() => import('./CodeEditorCore.tsx'))

export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense
      fallback={
        <PendingView>
          <div className={styles['host']}>
            <div className={styles['waiting']}>{props.value || props.placeholder}</div>
          </div>
        </PendingView>
      }
    >
      <Core {...props} />
    </Suspense>
  )
}
