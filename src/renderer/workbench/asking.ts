// "What is this?": any number can show the question it answers. The popover itself is WhatIsThis.tsx.

import { create } from 'zustand'
import type { Completeness } from '../../shared/contract/define.ts'
import type { MethodInput, MethodName } from '../../shared/contract/index.ts'

export interface Question<M extends MethodName = MethodName> {
  readonly method: M
  readonly input: MethodInput<M>
  /** rows behind the number, where known */
  readonly rows?: number | undefined
  readonly completeness?: Completeness | undefined
}

export interface Asked extends Question {
  readonly value: string
  readonly at: { x: number; y: number }
}

export const useAsked = create<{ asked: Asked | undefined }>()(() => ({ asked: undefined }))
export const askAbout = (asked: Asked | undefined): void => useAsked.setState({ asked })
