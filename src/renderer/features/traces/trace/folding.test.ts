import { describe, expect, it } from 'vitest'
import { foldFrom, foldSiblings, toggleFold, unfoldAll } from './folding.ts'

const line = (over: Partial<Parameters<typeof toggleFold>[1]>) => ({
  spanId: 'a',
  parentId: 'root',
  collapsed: false,
  children: 2,
  depth: 1,
  ...over,
})

describe('folding', () => {
  it('folds a span and opens it again without a trace', () => {
    const folded = { ...unfoldAll, ...toggleFold(unfoldAll, line({})) }
    expect(folded).toEqual({ folded: ['a'], opened: [], siblings: [], depth: undefined })
    expect({ ...folded, ...toggleFold(folded, line({ collapsed: true })) }).toEqual(unfoldAll)
  })

  it('opens one span below the depth that is folded, and folds it again', () => {
    const start = foldFrom(1)
    const opened = { ...start, ...toggleFold(start, line({ collapsed: true })) }
    expect(opened).toEqual({ folded: [], opened: ['a'], siblings: [], depth: 1 })
    expect({ ...opened, ...toggleFold(opened, line({})) }).toEqual(start)
  })

  it('leaves a span without children alone', () => {
    expect(toggleFold(unfoldAll, line({ children: 0 }))).toEqual({})
  })

  it('folds what stands beside a span, keeps the span, and lets others be opened', () => {
    const beside = { ...unfoldAll, ...foldSiblings(unfoldAll, line({})) }
    expect(beside).toEqual({ folded: [], opened: ['a'], siblings: ['root'], depth: undefined })
    const both = { ...beside, ...toggleFold(beside, line({ spanId: 'b', collapsed: true })) }
    expect(both.opened).toEqual(['a', 'b'])
    expect({ ...both, ...foldSiblings(both, line({})) }).toEqual(beside)
    expect(foldSiblings(unfoldAll, line({ parentId: '' }))).toEqual({})
  })
})
