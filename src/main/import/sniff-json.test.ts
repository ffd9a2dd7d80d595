// What only looks like YAML of Kubernetes is told from it at once.
import { expect, test } from 'vitest'
import { headOfContent } from '../../../test/fixtures/import/read-format.ts'
import { kubernetes } from './sniff-json.ts'

test('a text that begins with many blank lines takes no longer than others', () => {
  const blank = '\n \n'.repeat(200)
  expect(kubernetes.sniff(headOfContent(`${blank}no object`))).toBeUndefined()
  expect(kubernetes.sniff(headOfContent(`${blank}# one\napiVersion: v1\n`))).toMatchObject({ layout: 'yaml' })
})
