// Chinese words of the metrics feature.
import type { Words } from '../words.ts'

export const metrics: Words<'metrics'> = {}
