// What the parts of the preview share: a file as the engine understood it, and the mappings that the person corrected.

import type { Mapping } from '../../../shared/contract/import.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'

export type PreviewFile = MethodOutput<'import.preview'>['files'][number]
/** by path */
export type Mappings = Readonly<Record<string, Mapping>>
