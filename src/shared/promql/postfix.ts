// What may follow an operand: a range, a subquery, offset and @. Each may stand on a selector or subquery only.

import type { At, Expr } from './ast.ts'
import { queryError } from './parse-error.ts'

export type Postfix =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'at'; readonly at: At }
  | { readonly kind: 'range'; readonly range: number }
  | { readonly kind: 'subquery'; readonly range: number; readonly step: number }

export function withPostfix(text: string, expr: Expr, postfix: Postfix, to: number): Expr {
  switch (postfix.kind) {
    case 'range':
      if (expr.kind !== 'selector') throw queryError(text, expr.from, to, 'ranges only allowed for vector selectors')
      if (expr.offset !== 0) throw queryError(text, expr.from, to, 'no offset modifiers allowed before range')
      if (expr.at !== undefined) throw queryError(text, expr.from, to, 'no @ modifiers allowed before range')
      return { kind: 'matrix', selector: expr, range: postfix.range, from: expr.from, to }
    case 'subquery':
      return {
        kind: 'subquery',
        expr,
        range: postfix.range,
        step: postfix.step,
        offset: 0,
        at: undefined,
        from: expr.from,
        to,
      }
    case 'offset': {
      if (expr.kind === 'matrix') {
        if (expr.selector.offset !== 0) throw queryError(text, expr.from, to, 'offset may not be set multiple times')
        return { ...expr, selector: { ...expr.selector, offset: postfix.offset }, to }
      }
      if (expr.kind !== 'selector' && expr.kind !== 'subquery')
        throw queryError(
          text,
          expr.from,
          to,
          'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
        )
      if (expr.offset !== 0) throw queryError(text, expr.from, to, 'offset may not be set multiple times')
      return { ...expr, offset: postfix.offset, to }
    }
    case 'at': {
      if (expr.kind === 'matrix') {
        if (expr.selector.at !== undefined)
          throw queryError(text, expr.from, to, '@ <timestamp> may not be set multiple times')
        return { ...expr, selector: { ...expr.selector, at: postfix.at }, to }
      }
      if (expr.kind !== 'selector' && expr.kind !== 'subquery')
        throw queryError(
          text,
          expr.from,
          to,
          '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery',
        )
      if (expr.at !== undefined) throw queryError(text, expr.from, to, '@ <timestamp> may not be set multiple times')
      return { ...expr, at: postfix.at, to }
    }
  }
}
