import type { StatementOf } from '../python/syntax';
import { evaluate } from './expressions';
import type { ClassThing, Role, Thing } from './things';
import type { Frame, Walk } from './walk';

/** A class of the file. */
export function defineClass(walk: Walk, statement: StatementOf<'class'>, frame: Frame): ClassThing {
  const bases = statement.bases
    .filter(({ kind }) => kind === 'positional')
    .map(({ value }) => evaluate(walk, value, frame));
  const own = bases.filter((base) => base.kind === 'class');
  return {
    kind: 'class',
    syntax: statement,
    names: frame.names,
    bases: own,
    libraryBases: [
      ...bases.flatMap((base) => (base.kind === 'library' ? [base.path] : [])),
      ...own.flatMap(({ libraryBases }) => libraryBases),
    ],
  };
}

const roles: readonly (readonly [RegExp, Role])[] = [
  [/(^|\.)(torch\.nn(\.\w+)*\.\w+|\w*LightningModule|PreTrainedModel)$/, 'model'],
  [/(^|\.)torch\.optim\.(\w+\.)?Optimizer$/, 'optimizer'],
  [/lr_scheduler\.\w+$/, 'scheduler'],
];

/** What instances of a class are to training. */
export function roleOfClass({ libraryBases }: ClassThing): Role | undefined {
  return roles.find(([words]) => libraryBases.some((base) => words.test(base)))?.[1];
}

/** A member of a class, bound to `self`; undefined where neither it nor a class of the file above it has one. */
export function memberOf(walk: Walk, cls: ClassThing, name: string, self: Thing): Thing | undefined {
  const { syntax, names, bases } = cls;
  for (const statement of syntax.body) {
    if (statement.kind === 'function' && statement.name === name) {
      const decorators = statement.decorators.flatMap((one) => (one.kind === 'name' ? [one.name] : []));
      const thing: Thing = {
        kind: 'function',
        name,
        parameters: statement.parameters,
        body: statement.body,
        syntax: statement,
        names,
        self: decorators.includes('staticmethod') ? undefined : self,
      };
      return decorators.includes('property') ? { kind: 'unknown', holds: [] } : thing;
    }
    const value = valueOf(statement, name);
    if (value) return evaluate(walk, value, { names: walk.scopeIn(names), returns: [] });
  }
  for (const base of bases) {
    const found = memberOf(walk, base, name, self);
    if (found) return found;
  }
  return undefined;
}

function valueOf(
  statement: ClassThing['syntax']['body'][number],
  name: string,
): StatementOf<'assign'>['value'] | undefined {
  if (statement.kind === 'assign')
    return statement.targets.some((target) => target.kind === 'name' && target.name === name)
      ? statement.value
      : undefined;
  if (statement.kind !== 'annotated' || statement.target.kind !== 'name') return undefined;
  return statement.target.name === name ? statement.value : undefined;
}
