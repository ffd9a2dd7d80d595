// The contract as JSON schemas: what `watchdeck contract` prints and docs/contract.md is made from.

import { z } from 'zod'
import type { MethodSpec } from '../../shared/contract/define.ts'
import { methodNames, methodSpec } from '../../shared/contract/index.ts'
import { ERROR_CODES } from '../../shared/base/errors.ts'

export interface MethodSchema {
  readonly kind: MethodSpec['kind']
  readonly summary: string
  readonly input: Readonly<Record<string, unknown>>
  /** a table's columns (`open`: more may follow), or the schema of an object or of a stream's item */
  readonly output:
    | { readonly columns: unknown; readonly open: boolean }
    | { readonly schema: Readonly<Record<string, unknown>> }
}

export interface ContractSchemas {
  readonly errorCodes: readonly string[]
  readonly methods: Readonly<Record<string, MethodSchema>>
}

export function contractSchemas(): ContractSchemas {
  const methods: Record<string, MethodSchema> = {}
  for (const name of methodNames()) {
    const spec = methodSpec(name)
    if (!spec) throw new Error(`assertion failed: the contract lists ${name} and does not have it`)
    methods[name] = {
      kind: spec.kind,
      summary: spec.summary,
      input: jsonSchema(spec.input, 'input'),
      output:
        spec.output.shape === 'table'
          ? { columns: spec.output.columns, open: spec.output.open }
          : { schema: jsonSchema(spec.output.schema, 'output') },
    }
  }
  return { errorCodes: ERROR_CODES, methods }
}

/** Frames and typed arrays have no schema of their own: they say what they look like as JSON. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema: out }) {
      if (zodSchema._zod.def.type === 'custom') out.description = 'table { columns, rows } or a list of numbers'
    },
  })
  const { $schema: _dropped, ...rest } = made
  return rest
}
