import type { AxisRole, ParameterRole, Shape } from '../../../network';
import { findInClass } from '../../python/attributes';
import type { Interpreter } from '../../python/interpreter';
import type { Call, FunctionValue, InstanceValue, Value } from '../../python/values';
import type { Site } from '../../text/source';
import { VariableState, type DrawState } from '../../keras/variable';
import { makeVariable } from '../array';
import { modulesIn, originalOf } from '../module';
import { flaxSession } from '../session';
import { linenState, pathOf, rootOf, type LinenState } from './state';

const compactMethods = new WeakSet<FunctionValue>();

/** `@nn.compact` */
export function markCompact(method: FunctionValue): void {
  compactMethods.add(method);
}

/**
 * What happens behind `__init__` (`__post_init__` of flax/linen/module.py): a module that is made in a method belongs to the module
 * whose method that is. It is named after its class, unless it waits for the attribute of `setup` that it is assigned to.
 */
export function attach(module: InstanceValue, interpreter: Interpreter): void {
  const state = linenState(module);
  const session = flaxSession(interpreter);
  const parent = session.owner?.layer;
  const above = linenState(parent);
  if (!state || !above || state.parent) return;
  interpreter.journal.beforeChange(state);
  state.parent = parent;
  if (state.name !== undefined || above.setup === 'open') return;
  const { name } = module.cls;
  const count = above.counts.get(name) ?? 0;
  interpreter.journal.beforeChange(above);
  above.counts = new Map([...above.counts, [name, count + 1]]);
  state.name = `${name}_${count}`;
}

/** Modules without a name that are assigned to an attribute in `setup`, or given as a field, are named after it. */
export function adopt(owner: InstanceValue, attribute: string, value: Value, interpreter: Interpreter): void {
  for (const [module, place] of modulesIn(value)) {
    const state = linenState(module);
    if (!state || module === owner || (state.parent && state.name !== undefined) || state.bound) continue;
    interpreter.journal.beforeChange(state);
    // One that was made outside of every module loses the name that it has there.
    state.name = [attribute, ...place].join('_');
    state.parent = owner;
  }
}

/** Run a method of a module as Flax does: behind its `setup`, with names counted anew for each compact method. */
export function enter(method: FunctionValue, call: Call): Value {
  const { interpreter } = call;
  const [self] = call.positional;
  const state = linenState(self);
  const session = flaxSession(interpreter);
  if (self?.type !== 'instance' || !state || (!rootOf(self) && session.following))
    return interpreter.call(method, call);
  if (!session.following) {
    // Outside of a model that is read there are no variables.
    return rootOf(self) ? interpreter.call(method, call) : outside(self, method, call);
  }
  if (method.name !== 'setup') setUp(self, state, interpreter);
  const compact = compactMethods.has(method);
  if (compact) state.compact++;
  try {
    return session.within(self, () => interpreter.call(method, call));
  } finally {
    if (compact) state.compact--;
    // A method that is called by `super()` counts on.
    if (compact && state.compact === 0) resetCounts(state, interpreter);
  }
}

function outside(self: InstanceValue, method: FunctionValue, call: Call): Value {
  // Methods that make modules or numbers may be called on a module that is not part of a model.
  return method.name === '__call__' || compactMethods.has(method)
    ? call.interpreter.unknown(`${self.cls.name}(…)`, 'is computed outside of the graph')
    : call.interpreter.call(method, call);
}

function resetCounts(state: LinenState, interpreter: Interpreter): void {
  interpreter.journal.beforeChange(state);
  state.counts = new Map();
}

/** Names the modules among the fields of a module, and runs its `setup`, once. */
export function setUp(module: InstanceValue, state: LinenState, interpreter: Interpreter): void {
  if (state.setup !== 'todo') return;
  interpreter.journal.beforeChange(state);
  state.setup = 'open';
  for (const [name, value] of module.attributes.entries()) adopt(module, name, value, interpreter);
  const setup = originalOf(findInClass(module.cls, 'setup'));
  if (setup) flaxSession(interpreter).within(module, () => interpreter.apply(setup, module));
  interpreter.journal.beforeChange(state);
  state.setup = 'done';
  resetCounts(state, interpreter);
}

/** A variable of a module that is to be made where there is none of that name yet. */
export interface Declaration {
  /** `params`, `batch_stats` */
  readonly collection: string;
  readonly name: string;
  readonly site: Site;
  readonly make: () => {
    readonly shape: Shape;
    readonly role: ParameterRole;
    readonly axes: readonly AxisRole[];
    readonly drawn: DrawState;
  };
}

/** The variable of this name, made when it is first asked for. Undefined outside of a model that is read. */
export function declare(
  module: InstanceValue,
  { collection, name, site, make }: Declaration,
  interpreter: Interpreter,
): InstanceValue | undefined {
  const root = rootOf(module);
  if (!root) return undefined;
  const path = [collection, pathOf(module), name].filter((part) => part !== '').join('/');
  const known = root.variables.get(path);
  if (known?.type === 'instance') return known;
  const { shape, role, axes, drawn } = make();
  const trained = collection === 'params';
  const variable = makeVariable(new VariableState(path, path, shape, role, axes, trained, drawn), site);
  root.variables.set(path, variable, interpreter.journal);
  flaxSession(interpreter).progress++;
  return variable;
}
