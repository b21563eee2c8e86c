import { deepestNesting, type Subtree } from '../../text/tree';
import type { Parameter, Pattern, PatternElement } from '../syntax';
import { toExpression, toKey } from './expressions';

/** Turns what is assigned to, or declared, into a pattern. */
export function toPattern(tree: Subtree | undefined): Pattern {
  if (!tree || tree.depth > deepestNesting)
    return { kind: 'place', expression: toExpression(tree), ...(tree?.range ?? { start: 0, end: 0 }) };
  switch (tree.type) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      return { kind: 'name', name: tree.text, ...tree.range };
    case 'array_pattern':
      return arrayPattern(tree);
    case 'object_pattern':
      return objectPattern(tree);
    default:
      return { kind: 'place', expression: toExpression(tree), ...tree.range };
  }
}

/** A pattern with the value that stands in for `undefined`, where there is one. */
function toElement(tree: Subtree): PatternElement {
  if (tree.type === 'assignment_pattern' || tree.type === 'object_assignment_pattern')
    return { target: toPattern(tree.field('left')), fallback: toExpression(tree.field('right')) };
  return { target: toPattern(tree) };
}

function arrayPattern(tree: Subtree): Pattern {
  const elements: (PatternElement | undefined)[] = [];
  let rest: Pattern | undefined;
  let open = true;
  // `[, second]` leaves a place free: only the commas tell.
  for (const token of tree.tokens)
    if (token.type === ',') {
      if (open) elements.push(undefined);
      open = true;
    } else if (token.type === 'rest_pattern') {
      rest = toPattern(token.children[0]);
      open = false;
    } else if (token.node.isNamed) {
      elements.push(toElement(token));
      open = false;
    }
  return { kind: 'array', elements, ...(rest ? { rest } : {}), ...tree.range };
}

function objectPattern(tree: Subtree): Pattern {
  const properties: (PatternElement & { key: ReturnType<typeof toKey> })[] = [];
  let rest: Pattern | undefined;
  for (const child of tree.children)
    switch (child.type) {
      case 'rest_pattern':
        rest = toPattern(child.children[0]);
        break;
      case 'pair_pattern': {
        const value = child.field('value');
        if (value) properties.push({ key: toKey(child.field('key')), ...toElement(value) });
        break;
      }
      case 'object_assignment_pattern':
        properties.push({ key: toKey(child.field('left')), ...toElement(child) });
        break;
      default:
        properties.push({ key: toKey(child), ...toElement(child) });
    }
  return { kind: 'object', properties, ...(rest ? { rest } : {}), ...tree.range };
}

export function toParameters(tree: Subtree | undefined): readonly Parameter[] {
  return (tree?.children ?? []).flatMap((child): readonly Parameter[] => {
    const typed = child.type === 'required_parameter' || child.type === 'optional_parameter';
    const pattern = typed ? child.field('pattern') : child;
    if (!pattern || pattern.type === 'this') return [];
    const value = typed ? child.field('value') : undefined;
    const property =
      typed && child.children.some(({ type }) => type === 'accessibility_modifier' || type === 'readonly');
    if (pattern.type === 'rest_pattern') return [{ target: toPattern(pattern.children[0]), rest: true, property }];
    const element = toElement(pattern);
    return [{ ...element, ...(value ? { fallback: toExpression(value) } : {}), rest: false, property }];
  });
}
