// A slip in the name of a field is an error that names it, not a question without the filter.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { methodSpec } from '../../shared/contract/index.ts'
import { unknownField, unknownInput } from './unknown-fields.ts'

const input = z.object({
  range: z.object({ from: z.string(), to: z.string() }),
  filter: z.object({ service: z.string().optional() }).optional(),
  parts: z.array(z.object({ id: z.string() })).default([]),
  free: z.record(z.string(), z.unknown()).optional(),
})

test.each([
  [{ range: { from: 'a', to: 'b' } }, undefined],
  [{ range: { from: 'a', to: 'b' }, filter: { service: 'x' }, free: { any: 1 } }, undefined],
  [{ range: { from: 'a', to: 'b' }, fitler: {} }, ['fitler']],
  [{ range: { from: 'a', to: 'b', step: 1 } }, ['range', 'step']],
  [{ range: { from: 'a', to: 'b' }, filter: { servcie: 'x' } }, ['filter', 'servcie']],
  [{ range: { from: 'a', to: 'b' }, parts: [{ id: '1' }, { id: '2', at: 3 }] }, ['parts', 1, 'at']],
  [{ range: { from: 'a', to: 'b' }, absent: undefined }, undefined],
])('%j', (given, path) => expect(unknownField(input, given)?.path).toEqual(path))

test('a name of the prototype is no field', () => {
  expect(unknownField(input, JSON.parse('{"range":{"from":"a","to":"b"},"__proto__":{}}'))?.path).toEqual(['__proto__'])
  expect(unknownField(input, { range: { from: 'a', to: 'b' }, constructor: 1 })?.path).toEqual(['constructor'])
})

test('the error says where, and what was probably meant', () => {
  const spec = methodSpec('traces.search')
  const slip = spec && unknownField(spec.input, { range: { from: 'now-1h', to: 'now' }, servcie: 'payment' })
  expect(slip && unknownInput('traces.search', slip).toShape()).toMatchObject({
    code: 'invalid_input',
    message: 'traces.search has no field "servcie".',
    hint: 'Did you mean service?',
    retryable: false,
  })
})
