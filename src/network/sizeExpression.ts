import { isKnown, type Dim, type UnknownDim } from './shape';

/**
 * The normal form of a size: a sum of products of atoms with whole coefficients, by the product's text (`B·T`; empty for the
 * number). An atom is a name, or a quotient that does not come out even (`⌊H/2⌋`).
 */
export type SizeExpression = ReadonlyMap<string, number>;

/** A sum with more terms than this is an atom of its own: sizes are for people, too. */
const mostTerms = 8;
/** Longer names are not taken apart. */
const longestSymbol = 400;

export function expressionOf(dim: Dim): SizeExpression {
  if (isKnown(dim)) return new Map(dim === 0 ? [] : [['', dim]]);
  return parse(dim.symbol);
}

/** The size that an expression stands for, with the reason of the first of `from` that has one. */
export function sizeOf(expression: SizeExpression, from: readonly Dim[]): Dim {
  const terms = [...expression].filter(([, factor]) => factor !== 0);
  const [first] = terms;
  if (!first) return 0;
  if (terms.length === 1 && first[0] === '') return first[1];
  const named = terms.filter(([product]) => product !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  const constant = terms.find(([product]) => product === '')?.[1] ?? 0;
  let symbol = '';
  for (const [product, factor] of named) {
    const size = Math.abs(factor);
    const text = size === 1 ? product : `${size}·${product}`;
    symbol += factor < 0 ? `−${text}` : symbol === '' ? text : `+${text}`;
  }
  if (constant !== 0) symbol += `${constant > 0 ? '+' : '−'}${Math.abs(constant)}`;
  return withReason(symbol, from);
}

export function withReason(symbol: string, from: readonly Dim[]): UnknownDim {
  const reason = from.find((dim): dim is UnknownDim => !isKnown(dim) && dim.reason !== undefined)?.reason;
  return reason === undefined ? { symbol } : { symbol, reason };
}

export function sum(a: SizeExpression, b: SizeExpression, factor = 1): SizeExpression {
  const result = new Map(a);
  for (const [product, size] of b) addTerm(result, product, size * factor);
  return result;
}

/** Undefined where the product has too many terms to be written out. */
export function product(a: SizeExpression, b: SizeExpression): SizeExpression | undefined {
  if (a.size * b.size > mostTerms) return undefined;
  const result = new Map<string, number>();
  for (const [left, x] of a) for (const [right, y] of b) addTerm(result, joinAtoms(left, right), x * y);
  return result;
}

/** whole / part where it comes out even; undefined where it does not, or cannot be told. */
export function quotient(whole: SizeExpression, part: SizeExpression): SizeExpression | undefined {
  const [lead] = [...part].sort(byDegree);
  if (!lead) return undefined;
  let rest = whole;
  const result = new Map<string, number>();
  for (let rounds = 0; rounds <= mostTerms; rounds++) {
    const [head] = [...rest].sort(byDegree);
    if (!head) return result;
    const atoms = withoutAtoms(head[0], lead[0]);
    if (atoms === undefined || head[1] % lead[1] !== 0) return undefined;
    const term: SizeExpression = new Map([[atoms, head[1] / lead[1]]]);
    addTerm(result, atoms, head[1] / lead[1]);
    const taken = product(term, part);
    if (!taken) return undefined;
    rest = sum(rest, taken, -1);
  }
  return undefined;
}

/** The part of an expression that a number divides, and what is left. */
export function dividedParts(
  whole: SizeExpression,
  by: number,
): { readonly even: SizeExpression; readonly rest: SizeExpression } {
  const even = new Map<string, number>();
  const rest = new Map<string, number>();
  for (const [atoms, factor] of whole) {
    if (atoms === '') {
      const floor = Math.floor(factor / by);
      addTerm(even, atoms, floor);
      addTerm(rest, atoms, factor - floor * by);
    } else if (factor % by === 0) addTerm(even, atoms, factor / by);
    else addTerm(rest, atoms, factor);
  }
  return { even, rest };
}

function addTerm(expression: Map<string, number>, atoms: string, factor: number): void {
  const size = (expression.get(atoms) ?? 0) + factor;
  if (size === 0) expression.delete(atoms);
  else expression.set(atoms, size);
}

const atomsOf = (product: string): readonly string[] => (product === '' ? [] : split(product, '·'));

function joinAtoms(a: string, b: string): string {
  return [...atomsOf(a), ...atomsOf(b)].sort().join('·');
}

function withoutAtoms(product: string, part: string): string | undefined {
  const rest = [...atomsOf(product)];
  for (const atom of atomsOf(part)) {
    const at = rest.indexOf(atom);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest.join('·');
}

function byDegree([a]: readonly [string, number], [b]: readonly [string, number]): number {
  const degree = (product: string): number => atomsOf(product).length;
  return degree(b) - degree(a) || (a < b ? -1 : a > b ? 1 : 0);
}

const parsed = new Map<string, SizeExpression>();

function parse(symbol: string): SizeExpression {
  const known = parsed.get(symbol);
  if (known) return known;
  if (parsed.size > 4096) parsed.clear();
  const expression = new Map<string, number>();
  if (symbol.length > longestSymbol) expression.set(symbol, 1);
  else
    for (const term of signedTerms(symbol)) {
      const factors = split(term.text, '·');
      const numbers = factors.filter((factor) => /^\d+$/.test(factor)).map(Number);
      const atoms = factors.filter((factor) => !/^\d+$/.test(factor));
      addTerm(
        expression,
        atoms.sort().join('·'),
        numbers.reduce((all, one) => all * one, term.sign),
      );
    }
  parsed.set(symbol, expression);
  return expression;
}

function signedTerms(symbol: string): readonly { readonly text: string; readonly sign: number }[] {
  const terms: { text: string; sign: number }[] = [];
  let depth = 0;
  let sign = 1;
  let text = '';
  for (const character of symbol) {
    depth += depthChange(character);
    if (depth === 0 && (character === '+' || character === '−')) {
      if (text !== '') terms.push({ text, sign });
      text = '';
      sign = character === '+' ? 1 : -1;
    } else text += character;
  }
  if (text !== '') terms.push({ text, sign });
  return terms;
}

function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    depth += depthChange(character);
    if (depth === 0 && character === separator) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  parts.push(part);
  return parts;
}

function depthChange(character: string): number {
  return '([{⌊⌈'.includes(character) ? 1 : ')]}⌋⌉'.includes(character) ? -1 : 0;
}

/** The value of a size where its names stand for these numbers; undefined where a name is not among them. */
export function evaluateSize(dim: Dim, bindings: ReadonlyMap<string, number>): number | undefined {
  if (isKnown(dim)) return dim;
  const whole = bindings.get(dim.symbol);
  if (whole !== undefined) return whole;
  let total = 0;
  for (const [product, factor] of parse(dim.symbol)) {
    let value = factor;
    for (const atom of atomsOf(product)) {
      const one = bindings.get(atom) ?? evaluateAtom(atom, bindings);
      if (one === undefined) return undefined;
      value *= one;
    }
    total += value;
  }
  return total;
}

function evaluateAtom(atom: string, bindings: ReadonlyMap<string, number>): number | undefined {
  const [open, inner] = [atom.charAt(0), atom.slice(1, -1)];
  const of = (symbol: string): number | undefined => (symbol === atom ? undefined : evaluateSize({ symbol }, bindings));
  if (open === '⌊' || open === '⌈') {
    const [above = '', below = ''] = split(inner, '/');
    const [a, b] = [of(above), of(below)];
    if (a === undefined || !b) return undefined;
    return open === '⌊' ? Math.floor(a / b) : Math.ceil(a / b);
  }
  if (open === '(' && atom.endsWith(')')) {
    const [left = '', right] = inner.split(' mod ');
    const [a, b] = [of(left), right === undefined ? undefined : of(right)];
    if (right === undefined) return a;
    return a === undefined || !b ? undefined : a - b * Math.floor(a / b);
  }
  if (atom.startsWith('max(') && atom.endsWith(')')) {
    const sizes = split(atom.slice(4, -1), ',').map((part) => of(part.trim()));
    return sizes.includes(undefined) ? undefined : Math.max(...sizes.filter((size) => size !== undefined));
  }
  return undefined;
}
