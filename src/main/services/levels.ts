// SQL texts for the product's six levels.

import { LEVELS } from '../../shared/domain/telemetry.ts'

/** index into LEVELS of a severity column */
export const levelIndex = (severity: string): string =>
  `(CASE WHEN ${severity} <= 0 THEN 0 ELSE least(6, (${severity} + 3) // 4) END)`
export const levelNames = (index: string): string => `[${LEVELS.map((level) => `'${level}'`).join(', ')}][${index} + 1]`
