// What the clusters feature brings to the workbench.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = { id: 'clusters' }
