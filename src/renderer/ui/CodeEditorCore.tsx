// CodeMirror as a React component: PromQL with completion from the engine, or a plain query language with a completion
// source of the feature's own. Loaded lazily by CodeEditor.tsx.

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'
import { useEffect, useRef } from 'react'
import { cx } from '../lib/cx.ts'
import { engineMetrics } from '../lib/engine/promql-completion.ts'
import styles from './CodeEditor.module.css'

export interface CompletionItem {
  readonly label: string
  /** 'field', 'value', 'operator', ... shown dimmed */
  readonly detail?: string
  /** inserted instead of the label */
  readonly insert?: string
}

/** `before`: the text up to the cursor. Answers the items and how many characters before the cursor they replace. */
export type CompletionSource = (
  before: string,
  signal: AbortSignal,
) => Promise<{ items: readonly CompletionItem[]; replace: number } | null>

export interface CodeEditorProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Enter, or Mod+Enter */
  readonly onRun?: (value: string) => void
  readonly language: 'promql' | 'query'
  readonly complete?: CompletionSource
  /** offsets into the text, half-open */
  readonly problems?: ReadonlyArray<{ from: number; to: number; message: string }>
  readonly placeholder?: string
  readonly multiline?: boolean
  readonly autoFocus?: boolean
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--cat-7)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: tags.number, color: 'var(--note)' },
  { tag: [tags.function(tags.variableName), tags.standard(tags.variableName)], color: 'var(--accent)' },
  { tag: [tags.labelName, tags.propertyName], color: 'var(--n11)' },
  { tag: tags.operator, color: 'var(--n11)' },
  { tag: tags.comment, color: 'var(--n10)' },
  { tag: tags.invalid, color: 'var(--critical)' },
])

function sourceExtension(source: () => CompletionSource | undefined): Extension {
  return autocompletion({
    icons: false,
    override: [
      async (context: CompletionContext): Promise<CompletionResult | null> => {
        const complete = source()
        if (!complete) return null
        const controller = new AbortController()
        context.addEventListener('abort', () => controller.abort())
        const asked = complete(context.state.sliceDoc(0, context.pos), controller.signal)
        // who types on has no use for the answer, nor for its failure
        const answer = await asked.catch((error: unknown) => {
          if (controller.signal.aborted) return null
          throw error
        })
        if (!answer) return null
        return {
          from: context.pos - answer.replace,
          filter: false,
          options: answer.items.map((i) => ({
            label: i.label,
            ...(i.detail === undefined ? {} : { detail: i.detail }),
            apply: i.insert ?? i.label,
          })),
        }
      },
    ],
  })
}

export default function CodeEditorCore(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(props)
  latest.current = props
  const { language, multiline = false, label } = props

  useEffect(() => {
    const place = host.current
    if (!place) return
    const run = (editor: EditorView): boolean => {
      latest.current.onRun?.(editor.state.doc.toString())
      return latest.current.onRun !== undefined
    }
    const promql = language === 'promql' ? new PromQLExtension().setComplete({ remote: engineMetrics }) : undefined
    const editor = new EditorView({
      parent: place,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          syntaxHighlighting(highlight),
          promql ? promql.asExtension() : sourceExtension(() => latest.current.complete),
          // an open completion list takes Enter first, hence not the highest precedence
          keymap.of([...completionKeymap, ...closeBracketsKeymap]),
          Prec.low(keymap.of([{ key: 'Enter', run }, { key: 'Mod-Enter', run }, ...historyKeymap, ...defaultKeymap])),
          placeholderOf(latest.current.placeholder ?? ''),
          EditorView.contentAttributes.of({
            'aria-label': label,
            spellcheck: 'false',
            autocorrect: 'off',
            autocapitalize: 'off',
          }),
          EditorView.lineWrapping,
          EditorState.tabSize.of(2),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    if (latest.current.autoFocus) editor.focus()
    // Escape that closes no completion leaves: the keys of the view are out of reach while one types
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && event.keyCode !== 229)
        editor.contentDOM.blur()
    }
    place.addEventListener('keydown', leave)
    return () => {
      place.removeEventListener('keydown', leave)
      editor.destroy()
      promql?.destroy()
      view.current = undefined
    }
  }, [language, label])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== props.value && !editor.composing)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value } })
  }, [props.value])

  const problems = JSON.stringify(props.problems ?? [])
  useEffect(() => {
    const editor = view.current
    if (!editor || language === 'promql') return
    const length = editor.state.doc.length
    const marks: Diagnostic[] = (JSON.parse(problems) as NonNullable<CodeEditorProps['problems']>).map((p) => ({
      from: Math.min(p.from, length),
      to: Math.min(Math.max(p.to, p.from), length),
      severity: 'error',
      message: p.message,
    }))
    editor.dispatch(setDiagnostics(editor.state, marks))
  }, [problems, language])

  return <div ref={host} className={cx(styles['host'], multiline && styles['multiline'])} />
}
