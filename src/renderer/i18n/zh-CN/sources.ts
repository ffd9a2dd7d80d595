// Chinese words of the sources feature.
import type { Words } from '../words.ts'

export const sources: Words<'sources'> = {}
