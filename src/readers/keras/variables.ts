import type { Shape } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin } from '../python/classes';
import { bool, numberOf, type Call, type Value } from '../python/values';
import type { Step } from '../kerasLayers/graph';
import { originAt } from '../kerasLayers/drawn';
import { always, notKnown, type Draw } from '../kerasLayers/initializers';
import { drawnBy, drawOfInitializer } from './initializerClass';
import { drawOf } from './initializers';
import { kerasSession } from './session';
import { toKerasShape } from './sizes';
import { makeVariable, symbolic, variableState } from './tensor';
import { VariableState, type DrawState } from './variable';

/** `keras.Variable(initializer, shape=…)`, `tf.Variable(initial_value)`: a variable that is made without `add_weight`. */
export const variableMaker = builtin('__new__', (call) => {
  const { interpreter } = call;
  const args = new CallArguments(call, ['initializer', 'shape', 'dtype', 'trainable'], 1);
  const initial = args.get('initializer') ?? call.keywords.get('initial_value');
  if (variableState(initial) && initial) return initial;
  const given = call.keywords.get('shape') ?? (call.keywords.has('initial_value') ? undefined : args.get('shape'));
  const told = given && toKerasShape(interpreter, given, false);
  const { shape, drawn } = contentOf(initial, told, call);
  const session = kerasSession(interpreter);
  const name = call.keywords.get('name');
  const spelled = name?.type === 'str' ? name.value : session.names.next('variable', interpreter.journal);
  const path = session.path === '' ? spelled : `${session.path}/${spelled}`;
  const key = session.paths.next(path, interpreter.journal);
  const trained = interpreter.truth(call.keywords.get('trainable') ?? bool(true)) === true;
  const axes = shape.map(() => 'feature' as const);
  const role = shape.length < 2 ? 'scalar' : 'weight';
  return makeVariable(new VariableState(path, key, shape, role, axes, trained, drawn), call.site);
});

function contentOf(
  initial: Value | undefined,
  told: Shape | undefined,
  call: Call,
): { readonly shape: Shape; readonly drawn: DrawState } {
  const unknownShape: Shape = [{ symbol: '?', reason: 'the shape of this variable is not known' }];
  if (initial && (drawOfInitializer(initial) !== undefined || initial.type === 'str'))
    return { shape: told ?? unknownShape, drawn: drawOf(initial, 'zeros', call) };
  const origin = originAt(call.site);
  const number = numberOf(initial);
  if (number !== undefined)
    return { shape: told ?? [], drawn: { draw: always({ kind: 'constant', value: number }), origin } };
  const step = symbolic(initial)?.step;
  return { shape: step?.shape ?? told ?? unknownShape, drawn: { draw: drawOfStep(step), origin } };
}

/** What a tensor that was just made is drawn from. */
export function drawOfStep(step: Step | undefined): Draw {
  const drawn = step && drawnBy(step);
  if (drawn) return drawn;
  const { op, inputs } = step ?? {};
  if (op?.kind === 'constant' && op.content.kind === 'fill')
    return always({ kind: 'constant', value: op.content.value });
  const [factor, offset] = op?.kind === 'affine' ? [op.factor, op.offset] : [1, 0];
  const source = op?.kind === 'affine' ? inputs?.[0]?.op : op;
  if (source?.kind === 'noise')
    return source.distribution === 'normal'
      ? always({ kind: 'normal', mean: offset, std: Math.abs(factor) })
      : always({ kind: 'uniform', low: offset, high: offset + factor });
  return notKnown('it is made from a tensor that is not understood');
}
