// Chinese words of the reports feature.
import type { Words } from '../words.ts'

export const reports: Words<'reports'> = {}
