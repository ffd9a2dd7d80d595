// Chinese words of the incidents feature.
import type { Words } from '../words.ts'

export const incidents: Words<'incidents'> = {}
