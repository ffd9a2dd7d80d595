// What the metrics feature brings to the workbench.
import type { Feature } from '../../workbench/index.ts'

export const feature: Feature = { id: 'metrics' }
