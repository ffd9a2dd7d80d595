// Does an answer fit what the contract promises? Asked in tests and development only; it reads the whole answer.

import type { OutputSpec } from '../../shared/contract/define.ts'
import { zCompleteness } from '../../shared/contract/define.ts'
import { isFrame } from '../../shared/frame/codec.ts'
import type { Frame } from '../../shared/frame/frame.ts'

/** A sentence about the first thing that is wrong; undefined when all is well. */
export function answerProblem(output: OutputSpec, answer: unknown): string | undefined {
  if (output.shape === 'object') {
    const result = output.schema.safeParse(answer)
    if (result.success) return undefined
    const issue = result.error.issues[0]
    return issue && `${issue.path.join('.') || 'the whole'}: ${issue.message}`
  }
  if (typeof answer !== 'object' || answer === null || !('table' in answer)) return 'it has no table'
  const { table } = answer
  if (!isFrame(table)) return 'its table is no frame'
  const completeness = zCompleteness.safeParse('completeness' in answer ? answer.completeness : undefined)
  if (!completeness.success) return `completeness: ${completeness.error.issues[0]?.message ?? 'missing'}`
  return tableProblem(table, output.columns, output.open)
}

function tableProblem(
  table: Frame,
  columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly unit?: string | undefined }>,
  open: boolean,
): string | undefined {
  for (const column of table.columns)
    if (column.length !== table.rowCount)
      return `column ${column.name} has ${column.length} rows, the table ${table.rowCount}`
  for (const spec of columns) {
    const found = table.columns.find((column) => column.name === spec.name)
    if (!found) return `column ${spec.name} is missing`
    if (found.type !== spec.type) return `column ${spec.name} is ${found.type}, not ${spec.type}`
    if (found.unit !== spec.unit) return `column ${spec.name} has the unit ${found.unit}, not ${spec.unit}`
  }
  if (open) return undefined
  const got = table.columns.map((column) => column.name).join(', ')
  const promised = columns.map((column) => column.name).join(', ')
  return got === promised ? undefined : `its columns are ${got}, not ${promised}`
}
