import type { Point } from './search-space'

/*
 * Conditions that a point must meet, as text: `model.latent * 2 <= inference.batchSize`. Numbers and parameters, + − × ÷ and brackets, one
 * comparison. Where a parameter is absent from a point, the condition says nothing about it.
 */

type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'parameter'; path: string }
  | { kind: 'operation'; operator: '+' | '-' | '*' | '/'; left: Expression; right: Expression }

const comparisons = { '<=': (a: number, b: number) => a <= b, '>=': (a: number, b: number) => a >= b, '<': (a: number, b: number) => a < b, '>': (a: number, b: number) => a > b, '==': (a: number, b: number) => a === b, '!=': (a: number, b: number) => a !== b } as const
type Comparison = keyof typeof comparisons

export interface Constraint {
  /** Parameters it speaks of. */
  paths: string[]
  holds(point: Point): boolean
}

/** Null where the text is no condition. */
export function parseConstraint(text: string): Constraint | null {
  const sides = /^(.*?)(<=|>=|==|!=|<|>)(.*)$/.exec(text)
  const left = sides && parseExpression(sides[1]!)
  const right = sides && parseExpression(sides[3]!)
  if (!sides || !left || !right) return null
  const compare = comparisons[sides[2] as Comparison]
  return {
    paths: [...new Set([...pathsOf(left), ...pathsOf(right)])],
    holds: (point) => {
      const [a, b] = [evaluate(left, point), evaluate(right, point)]
      return a === null || b === null || compare(a, b)
    },
  }
}

function parseExpression(text: string): Expression | null {
  const tokens = text.match(/\d+(\.\d+)?([eE][+-]?\d+)?|[A-Za-z][\w]*(\.\w+)*|[-+*/()]|\S/g) ?? []
  let at = 0
  const factor = (): Expression | null => {
    const token = tokens[at]
    if (token === undefined) return null
    at += 1
    if (token === '(') {
      const inside = sum()
      if (tokens[at] !== ')') return null
      at += 1
      return inside
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) }
    if (token === '-') {
      const right = factor()
      return right && { kind: 'operation', operator: '-', left: { kind: 'number', value: 0 }, right }
    }
    return /^[A-Za-z]/.test(token) ? { kind: 'parameter', path: token } : null
  }
  const chain = (next: () => Expression | null, operators: string): Expression | null => {
    let left = next()
    while (left && tokens[at] !== undefined && operators.includes(tokens[at]!)) {
      const operator = tokens[at] as '+' | '-' | '*' | '/'
      at += 1
      const right = next()
      left = right && { kind: 'operation', operator, left, right }
    }
    return left
  }
  const product = (): Expression | null => chain(factor, '*/')
  const sum = (): Expression | null => chain(product, '+-')
  const whole = sum()
  return at === tokens.length ? whole : null
}

const pathsOf = (expression: Expression): string[] =>
  expression.kind === 'parameter' ? [expression.path] : expression.kind === 'operation' ? [...pathsOf(expression.left), ...pathsOf(expression.right)] : []

function evaluate(expression: Expression, point: Point): number | null {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'parameter') {
    const value = point[expression.path]
    return typeof value === 'number' ? value : null
  }
  const left = evaluate(expression.left, point)
  const right = evaluate(expression.right, point)
  if (left === null || right === null) return null
  switch (expression.operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    default:
      return expression.operator satisfies never
  }
}
