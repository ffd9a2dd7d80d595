// Chinese words of the traces feature.
import type { Words } from '../words.ts'

export const traces: Words<'traces'> = {}
