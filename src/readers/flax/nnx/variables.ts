import { originAt } from '../../kerasLayers/drawn';
import { variableState } from '../../keras/tensor';
import { VariableState } from '../../keras/variable';
import { notKnown } from '../../kerasLayers/initializers';
import { builtin, builtinClass } from '../../python/classes';
import { InstanceValue, isSubclass, type Call, type ClassValue, type Value } from '../../python/values';
import { variableClass } from '../array';
import { contentOf } from '../initializers';
import { isModule } from '../module';
import { flaxSession } from '../session';

/** `nnx.Variable`: what a module keeps. */
export const nnxVariableClass = builtinClass('Variable', [variableClass], {});
/** `nnx.Param`: what is trained. */
export const paramClass = builtinClass('Param', [nnxVariableClass], {});

/** Keys tell variables apart until the place of each in the model is known. */
const keyOf = (number: number): string => `nnx#${number}`;

/** `nnx.Param(array)` */
function makeVariable(call: Call): Value {
  const [cls, value, ...rest] = call.positional;
  const { interpreter } = call;
  const known = variableState(value);
  if (known && value) return value;
  const given = value ?? call.keywords.get('value') ?? rest[0];
  const content = contentOf(given, originAt(call.site));
  const shape = content?.shape ?? [{ symbol: '?', reason: 'the shape of this variable is not known' }];
  const drawn = content?.drawn ?? {
    draw: notKnown('what it starts from is not understood'),
    origin: originAt(call.site),
  };
  const made = cls?.type === 'class' ? cls : nnxVariableClass;
  const trained = isSubclass(made, paramClass);
  const axes = shape.map(() => 'feature' as const);
  const state = new VariableState(
    '',
    nextKey(call),
    shape,
    shape.length < 2 ? 'scalar' : 'weight',
    axes,
    trained,
    drawn,
  );
  flaxSession(interpreter).progress++;
  return new InstanceValue(made, call.site, state);
}

/** A key that no other variable has. */
export function nextKey({ interpreter }: Pick<Call, 'interpreter'>): string {
  const session = flaxSession(interpreter);
  return keyOf(++session.variables);
}

nnxVariableClass.attributes.fill(new Map<string, Value>([['__new__', builtin('__new__', makeVariable)]]));

const kind = (name: string): ClassValue => builtinClass(name, [nnxVariableClass], {});

export const variableClasses: Readonly<Record<string, ClassValue>> = {
  Variable: nnxVariableClass,
  Param: paramClass,
  BatchStat: kind('BatchStat'),
  Cache: kind('Cache'),
  Intermediate: kind('Intermediate'),
};

export const batchStatClass = variableClasses['BatchStat'] ?? nnxVariableClass;

/** A variable and where it is found in a model: `layers/0/kernel`. */
export interface Found {
  readonly variable: InstanceValue;
  readonly state: VariableState;
  readonly path: string;
}

/** The variables below a module, each once, where it is found first among sorted names, and the paths of the modules. */
export function walk(root: InstanceValue): {
  readonly variables: readonly Found[];
  readonly modules: ReadonlyMap<InstanceValue, string>;
} {
  const variables: Found[] = [];
  const modules = new Map<InstanceValue, string>();
  const seen = new Set<VariableState>();
  const visit = (value: Value, path: readonly string[]): void => {
    const state = variableState(value);
    if (value.type === 'instance' && state) {
      if (!seen.has(state)) variables.push({ variable: value, state, path: path.join('/') });
      seen.add(state);
    } else if (isModule(value)) {
      if (modules.has(value)) return;
      modules.set(value, path.join('/'));
      const members = [...value.attributes.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, member] of members) visit(member, [...path, name]);
    } else if (path.length < 64 && (value.type === 'tuple' || value.type === 'list'))
      value.items.forEach((item, at) => visit(item, [...path, String(at)]));
    else if (path.length < 64 && value.type === 'dict')
      for (const [key, item] of value.entries.values())
        if (key.type === 'str' || key.type === 'int') visit(item, [...path, String(key.value)]);
  };
  visit(root, []);
  return { variables, modules };
}
