// Chinese words of the files feature.
import type { Words } from '../words.ts'

export const files: Words<'files'> = {}
