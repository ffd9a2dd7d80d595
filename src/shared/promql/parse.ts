// PromQL text to the typed tree. The grammar (lexing, structure, error recovery) is the published one that the editor
// uses; it leaves the precedence of postfix modifiers open (`a + b offset 5m` comes as `(a + b) offset 5m`), so operands
// and operators are taken in source order and grouped again here by Prometheus's table.

import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'
import type { At, BinaryOp, Expr, Grouping, Matching } from './ast.ts'
import { isSetOp } from './ast.ts'
import { childrenOfNode, expressionMs, positiveMs, type QueryGrid } from './durations.ts'
import { checkTypes } from './check.ts'
import { numberOf, unquote } from './literals.ts'
import { METRIC_NAME } from './labels.ts'
import { anchoredRegex, type MatchOp, type Matcher } from './matchers.ts'
import { queryError, refused } from './parse-error.ts'
import { withPostfix, type Postfix } from './postfix.ts'
import { AGGREGATIONS, AGGREGATION_PARAMS, FUNCTIONS, REFUSED } from './signatures.ts'

interface Operator {
  readonly op: BinaryOp
  readonly bool: boolean
  readonly matching: Matching
}
type Token =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'binary'; readonly operator: Operator }
  | { readonly kind: 'unary'; readonly op: '+' | '-'; readonly from: number }
  | { readonly kind: 'postfix'; readonly postfix: Postfix; readonly to: number }

const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
}
const UNARY = 5

/**
 * @throws WatchdeckError `invalid_input` with the exact position (details.from, to, line, column), `unsupported` for what
 * Prometheus knows and this evaluator does not
 */
export function parsePromQL(text: string, grid: QueryGrid = { step: 0, range: 0 }): Expr {
  return checkTypes(text, new Reader(text, grid).read())
}

class Reader {
  readonly #text: string
  readonly #grid: QueryGrid

  constructor(text: string, grid: QueryGrid) {
    this.#text = text
    this.#grid = grid
  }

  read(): Expr {
    const tree = parser.parse(forGrammar(this.#text))
    const unnamed = /^\s*(?:#[^\n]*\n\s*)*$/.test(this.#text)
    if (unnamed) throw queryError(this.#text, 0, this.#text.length, 'no expression found in input')
    this.#refuseErrors(tree.topNode)
    const first = tree.topNode.firstChild
    const expr = skipComments(first)
    if (!expr) throw queryError(this.#text, 0, this.#text.length, 'no expression found in input')
    return this.#expr(expr)
  }

  #refuseErrors(top: SyntaxNode): void {
    const cursor = top.cursor()
    do {
      if (!cursor.type.isError) continue
      const called = /([a-zA-Z_][a-zA-Z0-9_]*)\s*$/.exec(this.#text.slice(0, cursor.from))
      const name = called?.[1]
      if (name !== undefined && this.#text.slice(cursor.from).trimStart().startsWith('(')) {
        const why = REFUSED.get(name)
        if (why !== undefined) throw refused(this.#text, cursor.from - name.length, cursor.from, name, why)
        throw queryError(
          this.#text,
          cursor.from - name.length,
          cursor.from,
          `unknown function with name ${JSON.stringify(name)}`,
        )
      }
      const found = this.#text.slice(cursor.from, Math.max(cursor.to, cursor.from + 1)).trim()
      const message =
        found === '' && cursor.from >= this.#text.trimEnd().length
          ? 'parse error: unexpected end of input'
          : `parse error: unexpected ${found === '' ? 'space' : JSON.stringify(found)}`
      throw queryError(this.#text, cursor.from, Math.max(cursor.to, cursor.from + 1), message)
    } while (cursor.next())
  }

  #slice(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to)
  }

  #expr(node: SyntaxNode): Expr {
    const tokens: Token[] = []
    this.#flatten(node, tokens)
    let at = 0
    const climb = (min: number): Expr => {
      const head = tokens[at++]
      let left: Expr
      if (head?.kind === 'unary') {
        const expr = climb(UNARY + 1)
        left =
          expr.kind === 'number'
            ? { kind: 'number', value: head.op === '-' ? -expr.value : expr.value, from: head.from, to: expr.to }
            : { kind: 'unary', op: head.op, expr, from: head.from, to: expr.to }
      } else if (head?.kind === 'operand') {
        left = head.expr
        for (let next = tokens[at]; next?.kind === 'postfix'; next = tokens[at]) {
          left = withPostfix(this.#text, left, next.postfix, next.to)
          at++
        }
      } else throw queryError(this.#text, node.from, node.to, 'parse error: an operand is missing')
      for (let next = tokens[at]; next?.kind === 'binary'; next = tokens[at]) {
        const { op, bool, matching } = next.operator
        const precedence = PRECEDENCE[op] as number
        if (precedence < min) break
        at++
        const right = climb(op === '^' ? precedence : precedence + 1)
        left = { kind: 'binary', op, bool, matching, left, right, from: left.from, to: right.to }
      }
      return left
    }
    return climb(0)
  }

  #flatten(node: SyntaxNode, out: Token[]): void {
    const children = childrenOfNode(node)
    switch (node.name) {
      case 'BinaryExpr': {
        this.#flatten(children[0] as SyntaxNode, out)
        out.push({ kind: 'binary', operator: this.#operator(children.slice(1, -1)) })
        this.#flatten(children.at(-1) as SyntaxNode, out)
        return
      }
      case 'UnaryExpr':
        out.push({ kind: 'unary', op: this.#slice(children[0] as SyntaxNode) === '-' ? '-' : '+', from: node.from })
        return this.#flatten(children[1] as SyntaxNode, out)
      case 'NumberDurationLiteral': {
        const signed = /^([-+])\s*(.+)$/s.exec(this.#slice(node))
        if (signed) out.push({ kind: 'unary', op: signed[1] === '-' ? '-' : '+', from: node.from })
        out.push({ kind: 'operand', expr: this.#number(node, signed?.[2] ?? this.#slice(node)) })
        return
      }
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'MatrixSelector':
      case 'SubqueryExpr':
        this.#flatten(children[0] as SyntaxNode, out)
        out.push({ kind: 'postfix', postfix: this.#postfix(node, children), to: node.to })
        return
      case 'AnchoredExpr':
      case 'SmoothedExpr': {
        const name = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'
        throw refused(this.#text, node.from, node.to, name, REFUSED.get(name) as string)
      }
      default:
        out.push({ kind: 'operand', expr: this.#operand(node, children) })
    }
  }

  #number(node: SyntaxNode, text: string): Expr {
    const value = numberOf(text)
    if (value === undefined)
      throw queryError(this.#text, node.from, node.to, `not a number or duration: ${JSON.stringify(text)}`)
    return { kind: 'number', value, from: node.from, to: node.to }
  }

  #postfix(node: SyntaxNode, children: readonly SyntaxNode[]): Postfix {
    if (node.name === 'OffsetExpr')
      return { kind: 'offset', offset: expressionMs(this.#text, children.at(-1) as SyntaxNode, this.#grid) }
    if (node.name === 'StepInvariantExpr') return { kind: 'at', at: this.#at(children.at(-1) as SyntaxNode) }
    const range = positiveMs(this.#text, children[1] as SyntaxNode, this.#grid)
    if (node.name === 'MatrixSelector') return { kind: 'range', range }
    return { kind: 'subquery', range, step: children[2] ? positiveMs(this.#text, children[2], this.#grid) : 0 }
  }

  #at(node: SyntaxNode): At {
    if (node.name !== 'NumberDurationLiteral') return this.#slice(node).startsWith('start') ? 'start' : 'end'
    const seconds = numberOf(this.#slice(node).replace(/\s+/g, ''))
    if (seconds === undefined || !Number.isFinite(seconds))
      throw queryError(this.#text, node.from, node.to, `timestamp out of bounds for @ modifier: ${this.#slice(node)}`)
    return Math.round(seconds * 1000)
  }

  #operator(nodes: readonly SyntaxNode[]): Operator {
    const op = this.#slice(nodes[0] as SyntaxNode).toLowerCase() as BinaryOp
    const why = REFUSED.get(op)
    if (why !== undefined)
      throw refused(this.#text, (nodes[0] as SyntaxNode).from, (nodes[0] as SyntaxNode).to, op, why)
    let bool = false
    let on = false
    let labels: string[] = []
    let include: string[] = []
    let card: Matching['card'] = isSetOp(op) ? 'many-to-many' : 'one-to-one'
    let fillLeft: number | undefined
    let fillRight: number | undefined
    for (const node of nodes.slice(1)) {
      if (node.name === 'BoolModifier') bool = true
      else if (node.name === 'MatchingModifierClause') {
        const parts = childrenOfNode(node)
        on = parts[0]?.name === 'On'
        labels = this.#labelNames(parts[1] as SyntaxNode)
        const group = parts[2]
        if (group) {
          if (isSetOp(op))
            throw queryError(
              this.#text,
              group.from,
              group.to,
              `no grouping allowed for ${JSON.stringify(op)} operation`,
            )
          card = group.name === 'GroupLeft' ? 'many-to-one' : 'one-to-many'
          include = parts[3] ? this.#labelNames(parts[3]) : []
          const twice = include.find((name) => on && labels.includes(name))
          if (twice !== undefined)
            throw queryError(
              this.#text,
              node.from,
              node.to,
              `label ${JSON.stringify(twice)} must not occur in ON and GROUP clause at once`,
            )
        }
      } else if (node.name === 'FillModifier') {
        if (isSetOp(op))
          throw queryError(this.#text, node.from, node.to, 'filling in missing series not allowed for set operators')
        for (const clause of childrenOfNode(node)) {
          const value = numberOf(this.#slice(childrenOfNode(clause).at(-1) as SyntaxNode).replace(/\s+/g, ''))
          if (clause.name !== 'FillRightClause') fillLeft = value
          if (clause.name !== 'FillLeftClause') fillRight = value
        }
      }
    }
    return { op, bool, matching: { on, labels, card, include, fillLeft, fillRight } }
  }

  #labelNames(node: SyntaxNode): string[] {
    return childrenOfNode(node).map((child) =>
      child.name === 'QuotedLabelName' ? this.#string(child) : this.#slice(child),
    )
  }

  #string(node: SyntaxNode): string {
    const text = unquote(this.#slice(node))
    if (text === undefined) throw queryError(this.#text, node.from, node.to, 'invalid escape in a quoted text')
    return text
  }

  #operand(node: SyntaxNode, children: readonly SyntaxNode[]): Expr {
    const span = { from: node.from, to: node.to }
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'string', value: this.#string(node), ...span }
      case 'ParenExpr':
        return { kind: 'paren', expr: this.#expr(children[0] as SyntaxNode), ...span }
      case 'VectorSelector':
        return { kind: 'selector', matchers: this.#matchers(node, children), offset: 0, at: undefined, ...span }
      case 'FunctionCall': {
        const name = this.#slice(children[0] as SyntaxNode)
        const why = REFUSED.get(name)
        if (why !== undefined) throw refused(this.#text, node.from, node.to, name, why)
        if (!FUNCTIONS.has(name))
          throw queryError(this.#text, node.from, node.to, `unknown function with name ${JSON.stringify(name)}`)
        return {
          kind: 'call',
          name,
          args: childrenOfNode(children[1] as SyntaxNode).map((arg) => this.#expr(arg)),
          ...span,
        }
      }
      case 'AggregateExpr':
        return this.#aggregate(node, children)
    }
    throw queryError(this.#text, node.from, node.to, `parse error: unexpected ${JSON.stringify(this.#slice(node))}`)
  }

  #aggregate(node: SyntaxNode, children: readonly SyntaxNode[]): Expr {
    const op = this.#slice(children[0] as SyntaxNode).toLowerCase()
    const why = REFUSED.get(op)
    if (why !== undefined) throw refused(this.#text, node.from, node.to, op, why)
    if (!AGGREGATIONS.has(op)) throw refused(this.#text, node.from, node.to, op, 'an aggregation that is not known')
    let grouping: Grouping = { without: false, labels: [] }
    let args: Expr[] = []
    for (const child of children.slice(1)) {
      if (child.name === 'FunctionCallBody') args = childrenOfNode(child).map((arg) => this.#expr(arg))
      else {
        const [how, list] = childrenOfNode(child)
        grouping = { without: how?.name === 'Without', labels: this.#labelNames(list as SyntaxNode) }
      }
    }
    const wants = AGGREGATION_PARAMS.has(op) ? 2 : 1
    if (args.length !== wants)
      throw queryError(
        this.#text,
        node.from,
        node.to,
        args.length === 0
          ? 'no arguments for aggregate expression provided'
          : `wrong number of arguments for aggregate expression provided, expected ${wants}, got ${args.length}`,
      )
    return {
      kind: 'aggregate',
      op,
      grouping,
      param: wants === 2 ? args[0] : undefined,
      expr: args.at(-1) as Expr,
      from: node.from,
      to: node.to,
    }
  }

  #matchers(node: SyntaxNode, children: readonly SyntaxNode[]): Matcher[] {
    const out: Matcher[] = []
    const name = (value: string, at: SyntaxNode) => {
      const earlier = out.find((matcher) => matcher.name === METRIC_NAME && matcher.op === '=')
      if (earlier)
        throw queryError(
          this.#text,
          at.from,
          at.to,
          `metric name must not be set twice: ${JSON.stringify(earlier.value)} or ${JSON.stringify(value)}`,
        )
      out.push({ name: METRIC_NAME, op: '=', value })
    }
    for (const child of children) {
      if (child.name === 'Identifier') name(this.#slice(child), child)
      else
        for (const part of childrenOfNode(child)) {
          if (part.name === 'QuotedLabelName') {
            name(this.#string(part), part)
            continue
          }
          const [label, op, value] = childrenOfNode(part)
          const key = label?.name === 'QuotedLabelName' ? this.#string(label) : this.#slice(label as SyntaxNode)
          const matcher: Matcher = {
            name: key,
            op: this.#slice(op as SyntaxNode) as MatchOp,
            value: this.#string(value as SyntaxNode),
          }
          if (key === METRIC_NAME && child.prevSibling?.name === 'Identifier' && matcher.op === '=')
            name(matcher.value, part)
          if (matcher.op === '=~' || matcher.op === '!~') anchoredRegex(matcher.value)
          out.push(matcher)
        }
    }
    const bounded = out.some(
      (m) =>
        !(m.op === '='
          ? m.value === ''
          : m.op === '!='
            ? m.value !== ''
            : m.op === '=~'
              ? anchoredRegex(m.value).matches('')
              : !anchoredRegex(m.value).matches('')),
    )
    if (!bounded)
      throw queryError(this.#text, node.from, node.to, 'vector selector must contain at least one non-empty matcher')
    return out
  }
}

function skipComments(node: SyntaxNode | null): SyntaxNode | null {
  let at = node
  while (at && at.name === 'LineComment') at = at.nextSibling
  return at
}

/**
 * What Prometheus reads and the grammar does not, at the same positions: `2.` is a number (the point becomes a space),
 * and the keywords of durations may be capitals.
 */
function forGrammar(text: string): string {
  return text.replace(BEYOND_GRAMMAR, (piece) =>
    /^\d/.test(piece) ? `${piece.slice(0, -1)} ` : /^[a-z]/i.test(piece) ? piece.toLowerCase() : piece,
  )
}

const BEYOND_GRAMMAR =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|(?<![\w.:])\d+\.(?![\w.])|(?<![\w.:])(?:step|range|min_of|max_of)(?=\s*\()/gis
