import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atCursor, parseQuery, printQuery } from './query-text.ts'

describe('the trace query', () => {
  it('tells attributes from text', () => {
    expect(parseQuery('http.method:GET -k8s.pod.name:cart-a db.system:* timed out')).toEqual({
      attributes: { 'http.method': 'GET', 'k8s.pod.name': '!cart-a', 'db.system': '*' },
      text: 'timed out',
    })
  })

  it('takes quoted values and words with colons as they are', () => {
    expect(parseQuery('url:"https://shop/x y" "a:b"')).toEqual({
      attributes: { url: 'https://shop/x y' },
      text: 'a:b',
    })
    expect(parseQuery('say "two words"').text).toBe('say two words')
  })

  it('reads back what it prints', () => {
    const key = fc.stringMatching(/^[a-z][a-z._/]{0,10}$/)
    const value = fc.string({ minLength: 1, maxLength: 12 }).filter((v) => !/^[!*]/.test(v) && v.trim() === v)
    const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 3 }).map((w) => w.join(' '))
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), words, (attributes, text) => {
        expect(parseQuery(printQuery({ attributes, text }))).toEqual({ attributes: { ...attributes }, text })
      }),
    )
  })

  it('knows what is being typed', () => {
    expect(atCursor('error -http.me')).toEqual({ typed: 'http.me', excludes: true })
    expect(atCursor('http.method:GE')).toEqual({ key: 'http.method', typed: 'GE', excludes: false })
  })
})
