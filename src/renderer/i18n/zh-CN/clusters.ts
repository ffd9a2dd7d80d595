// Chinese words of the clusters feature.
import type { Words } from '../words.ts'

export const clusters: Words<'clusters'> = {}
