import type { Shape } from '../../../network';
import { originAt } from '../../kerasLayers/drawn';
import { shapeOf } from '../../keras/tensor';
import { notKnown } from '../../kerasLayers/initializers';
import { builtin, makeClass } from '../../python/classes';
import { asDataclass } from '../../python/library/dataclasses';
import {
  bool,
  none,
  text,
  tuple,
  type Call,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type Value,
} from '../../python/values';
import { contentOf, drawWith, type Drawn } from '../initializers';
import { wrapMethods } from '../module';
import { flaxSession } from '../session';
import { adopt, declare, enter, markCompact, setUp } from './scope';
import { linenModuleClass, linenState, pathOf, rootOf } from './state';

const unwrapped = new WeakSet<FunctionValue>();

/** A class of the source that derives from `nn.Module`: a dataclass, with what Flax puts around its methods. */
function deriveModule(call: Call): Value {
  const [cls] = call.positional;
  if (cls?.type !== 'class') return none;
  wrapMethods(
    cls,
    call,
    enter,
    (name, method) => (!name.startsWith('__') || name === '__call__') && !unwrapped.has(method),
  );
  asDataclass(cls, { ...call, keywords: new Map() });
  const initialise = cls.attributes.get('__init__');
  if (initialise?.type === 'builtin')
    cls.attributes.set(
      '__init__',
      builtin('__init__', (made) => initialise.call(named(made)), true),
      call.interpreter.journal,
    );
  return none;
}

/** Takes `name` and `parent` from the arguments: they are no fields of the class. */
export function named(call: Call): Call {
  const state = linenState(call.positional[0]);
  const keywords = new Map(call.keywords);
  const [name, parent] = [keywords.get('name'), keywords.get('parent')];
  if (state && name?.type === 'str') state.name = name.value;
  if (state && linenState(parent) && parent?.type === 'instance') state.parent = parent;
  keywords.delete('name');
  keywords.delete('parent');
  return { ...call, keywords };
}

const selfOf = (call: Call): InstanceValue | undefined =>
  call.positional[0]?.type === 'instance' ? call.positional[0] : undefined;

const unknownShape = (name: string): Shape => [{ symbol: '?', reason: `the shape of \`${name}\` is not known` }];

/** A variable of the source's own: what it is used for tells its role. */
function variable(call: Call, collection: string, name: Value | undefined, draw: () => Drawn | undefined): Value {
  const self = selfOf(call);
  const notThere = call.interpreter.unknown('a variable', 'is asked for outside of the model');
  if (!self || name?.type !== 'str') return notThere;
  const make = (): Parameters<typeof declare>[1]['make'] extends () => infer R ? R : never => {
    const made = draw();
    const shape = made?.shape ?? unknownShape(name.value);
    const drawn = made?.drawn ?? { draw: notKnown('its initialiser is not understood'), origin: originAt(call.site) };
    return { shape, role: shape.length < 2 ? 'scalar' : 'weight', axes: shape.map(() => 'feature'), drawn };
  };
  return declare(self, { collection, name: name.value, site: call.site, make }, call.interpreter) ?? notThere;
}

/** `self.param(name, initialiser, *what follows the key)` */
function param(call: Call): Value {
  const [, name, initialise, ...following] = call.positional;
  const given = initialise ?? call.keywords.get('init_fn');
  return variable(call, 'params', name ?? call.keywords.get('name'), () => given && drawWith(given, following, call));
}

/** `self.variable(collection, name, function, *its arguments)` */
function buffer(call: Call): Value {
  const [, collection, name, make, ...following] = call.positional;
  const { interpreter } = call;
  return variable(
    call,
    collection?.type === 'str' ? collection.value : 'state',
    name,
    () =>
      make &&
      contentOf(interpreter.call(make, { positional: following, keywords: call.keywords }), originAt(call.site)),
  );
}

/** `model.init(key, example, …)`, `model.apply(variables, example, …)`: the example tells the shapes of the inputs. */
function callWithExample(call: Call): Value {
  const self = selfOf(call);
  const session = flaxSession(call.interpreter);
  const shapes = call.positional.slice(2).map((value) => shapeOf(value));
  if (self && !session.following && shapes.some((shape) => shape)) session.calls.set(self, shapes);
  return call.interpreter.unknown('variables', 'are values of the parameters');
}

function attributeOf(call: Call): Value {
  const [self, name] = call.positional;
  const state = linenState(self);
  if (self?.type !== 'instance' || !state || name?.type !== 'str') return none;
  if (state.setup === 'todo' && rootOf(self)) {
    setUp(self, state, call.interpreter);
    const made = self.attributes.get(name.value);
    if (made) return made;
  }
  return call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not known');
}

function setAttribute(call: Call): Value {
  const [self, name, value = none] = call.positional;
  const { interpreter } = call;
  if (self?.type !== 'instance' || name?.type !== 'str') return none;
  self.attributes.set(name.value, value, interpreter.journal);
  if (linenState(self)?.setup === 'open') adopt(self, name.value, value, interpreter);
  return none;
}

/** A copy with other fields: `module.clone(train=False)`. */
function clone(call: Call): Value {
  const self = selfOf(call);
  if (!self) return none;
  const fields = [...self.attributes.entries()].filter(([name]) => !call.keywords.has(name));
  return call.interpreter.call(self.cls, { positional: [], keywords: new Map([...fields, ...call.keywords]) });
}

const has = (call: Call): Value => {
  const self = selfOf(call);
  const root = self && rootOf(self);
  const [, collection, name] = call.positional;
  if (!self || collection?.type !== 'str' || name?.type !== 'str') return bool(false);
  return bool(root?.variables.has([collection.value, pathOf(self), name.value].join('/')) ?? false);
};

const methods: Readonly<Record<string, (call: Call) => Value>> = {
  __init_subclass__: deriveModule,
  __post_init__: () => none,
  __setattr__: setAttribute,
  __getattr__: attributeOf,
  setup: () => none,
  param,
  variable: buffer,
  init: callWithExample,
  init_with_output: (call) => tuple([callWithExample(call), callWithExample(call)]),
  lazy_init: callWithExample,
  apply: callWithExample,
  tabulate: callWithExample,
  bind: (call) => call.positional[0] ?? none,
  clone,
  copy: clone,
  sow: () => bool(false),
  perturb: ({ positional: [, , value = none] }) => value,
  make_rng: ({ interpreter }) => interpreter.unknown('key', 'is a key of random numbers'),
  has_rng: () => bool(true),
  has_variable: has,
  is_initializing: () => bool(false),
  is_mutable_collection: () => bool(false),
};

linenModuleClass.attributes.fill(
  new Map<string, Value>([
    ...Object.entries(methods).map(([name, call]): [string, Value] => [name, builtin(name, call, true)]),
    [
      'name',
      {
        type: 'property',
        getter: builtin('name', ({ positional: [self] }) => {
          const name = linenState(self)?.name;
          return name === undefined ? none : text(name);
        }),
      },
    ],
  ]),
);

/** `@nn.compact` */
export const compact = builtin('compact', ({ positional: [method = none] }) => {
  if (method.type === 'function') markCompact(method);
  return method;
});

/** `@nn.nowrap` */
export const nowrap = builtin('nowrap', ({ positional: [method = none] }) => {
  if (method.type === 'function') unwrapped.add(method);
  return method;
});

/** A transformation of a class (or of a method) that computes the same: its modules are named after it. */
export const transformed = (prefix: string): Value =>
  builtin(prefix, ({ positional: [target] }) => {
    const change = (given: Value): Value => (given.type === 'class' ? prefixedClass(prefix, given) : given);
    return target ? change(target) : builtin(prefix, ({ positional: [given = none] }) => change(given));
  });

function prefixedClass(prefix: string, cls: ClassValue): ClassValue {
  return makeClass({ name: prefix + cls.name, bases: [cls], syntax: cls.syntax, site: cls.site });
}
