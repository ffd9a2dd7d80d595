import { expect, test } from 'vitest'
import { parseLogQuery } from './log-query.ts'
import { logQueryAdvice } from './log-query-advice.ts'

test.each([
  ['level=warn', 'level:warn'],
  ['timeout status==500', 'status:500'],
  ['(a OR level!=info)', '-level:info'],
  ['-service=cart', '-service:cart'],
  ['!timeout', '-timeout'],
  ['!service=cart', '-service:cart'],
  ['service!:cart !level:warn', '-level:warn'],
  ['!-level=info', 'level:info'],
  ['!-timeout', 'timeout'],
  ['path=~"/api/v1"', 'path:/\\/api\\/v1/'],
  ['path=~\\/api/v1', 'path:/\\/api\\/v1/'],
  // what could be meant cannot be read either: the next term that can
  ['path=~"(" level=warn', 'level:warn'],
  ['pod=~"(cart|pay)-.*"', 'pod:/(cart|pay)-.*/'],
  ['pod=~"cart-.*"', 'pod:/cart-.*/'],
])('%s: what could be meant is %s, and can be read', (query, instead) => {
  const advice = logQueryAdvice(query)
  expect(advice?.instead).toBe(instead)
  expect(query.slice(advice?.from, advice?.to)).toBe(advice?.typed)
  expect(() => parseLogQuery(instead)).not.toThrow()
})

test.each(['', 'timeout', 'level:warn', 'n>=3', '"level=warn"', "'!x'", '/a=b/', 'https://x/?a=b', 'a-b', '!', '='])(
  '%s is meant as it stands',
  (query) => {
    expect(logQueryAdvice(query)).toBeUndefined()
  },
)
