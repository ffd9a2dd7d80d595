// Chinese words of the logs feature.
import type { Words } from '../words.ts'

export const logs: Words<'logs'> = {}
