/** Licence expressions, as packages give them. */

/** What one is made of: a licence (with its exception), or several of which all hold or one can be chosen. */
export type Expression =
  | { readonly kind: 'licence'; readonly id: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] };

/** Texts that are no SPDX expressions, and what their packages mean by them. */
const meant: Readonly<Record<string, string>> = { 'MPL 2.0': 'MPL-2.0', 'Apache 2.0': 'Apache-2.0' };

/** It is no licence expression. */
export class InvalidExpression extends Error {
  override readonly name = 'InvalidExpression';
}

/**
 * Reads an SPDX expression. A slash, as Cargo had it before, is read as OR.
 *
 * @see https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 * @throws {InvalidExpression}
 */
export function parseExpression(text: string): Expression {
  const tokens = (meant[text] ?? text).replaceAll(/\s*\/\s*/g, ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  const refuse = () => new InvalidExpression(`"${text}" is no licence expression.`);
  let at = 0;
  const list = (operator: 'AND' | 'OR', part: () => Expression): Expression => {
    const parts = [part()];
    while (tokens[at] === operator) {
      at++;
      parts.push(part());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: operator === 'AND' ? 'and' : 'or', parts };
  };
  const either = (): Expression => list('OR', () => list('AND', single));
  const single = (): Expression => {
    const token = tokens[at++];
    if (token === '(') {
      const inner = either();
      if (tokens[at++] !== ')') throw refuse();
      return inner;
    }
    if (token === undefined || !isName(token)) throw refuse();
    if (tokens[at] !== 'WITH') return { kind: 'licence', id: token };
    const exception = tokens[at + 1];
    if (exception === undefined || !isName(exception)) throw refuse();
    at += 2;
    return { kind: 'licence', id: `${token} WITH ${exception}` };
  };
  const expression = either();
  if (at < tokens.length) throw refuse();
  return expression;
}

function isName(token: string): boolean {
  return /^[A-Za-z0-9.+:-]+$/.test(token) && !['AND', 'OR', 'WITH'].includes(token);
}

/** The licences of an expression that are not allowed, by the choice that has the fewest; none when it is allowed. */
export function notAllowed(expression: Expression, isAllowed: (id: string) => boolean): readonly string[] {
  if (expression.kind === 'licence') return isAllowed(expression.id) ? [] : [expression.id];
  const parts = expression.parts.map((part) => notAllowed(part, isAllowed));
  if (expression.kind === 'and') return parts.flat();
  return parts.reduce((least, part) => (part.length < least.length ? part : least));
}
