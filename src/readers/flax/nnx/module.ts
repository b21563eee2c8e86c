import { shapeOf } from '../../keras/tensor';
import { builtin, builtinClass } from '../../python/classes';
import { none, type Call, type FunctionValue, type Value } from '../../python/values';
import { moduleClass, wrapMethods } from '../module';
import { flaxSession } from '../session';

/** A method of a module, as one of the model that is read. Outside of one, a call only tells the shapes of its inputs. */
function enter(method: FunctionValue, call: Call): Value {
  const { interpreter } = call;
  const [self, ...inputs] = call.positional;
  const session = flaxSession(interpreter);
  if (self?.type !== 'instance') return interpreter.call(method, call);
  if (session.following) return session.within(self, () => interpreter.call(method, call));
  if (method.name !== '__call__' || session.owner) return interpreter.call(method, call);
  const shapes = inputs.map((input) => shapeOf(input));
  if (shapes.some((shape) => shape)) session.calls.set(self, shapes);
  return interpreter.unknown(`${self.cls.name}(…)`, 'is computed outside of the graph');
}

/** `nnx.Module`: an object that is made with its parameters. */
export const nnxModuleClass = builtinClass('Module', [moduleClass], {
  __init_subclass__: (call) => {
    const [cls] = call.positional;
    if (cls?.type === 'class') wrapMethods(cls, call, enter, (name) => !name.startsWith('__') || name === '__call__');
    return none;
  },
  __init__: () => none,
  train: () => none,
  eval: () => none,
  set_attributes: () => none,
  sow: () => none,
  perturb: ({ positional: [, , value = none] }) => value,
});

/** Gives back what it is given first: what only says how something is kept or compiled. */
export const passing = builtin('passing', ({ positional: [value], keywords }) => {
  if (value) return value;
  // `@nnx.jit(static_argnums=…)`
  return keywords.size > 0 ? builtin('passing', ({ positional: [inner = none] }) => inner) : none;
});
