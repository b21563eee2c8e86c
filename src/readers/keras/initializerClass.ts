import type { Shape } from '../../network';
import { notKnown, type Draw } from '../kerasLayers/initializers';
import type { Step } from '../kerasLayers/graph';
import { CallArguments } from '../python/arguments';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { none, type Value } from '../python/values';
import { Recording } from './recording';
import { toKerasShape } from './sizes';
import { symbolic } from './tensor';

const notUnderstood = 'it is drawn by an initialiser that is not understood';

/** The hidden state of an initialiser. */
export class InitializerState {
  draw: Draw = notKnown(notUnderstood);
}

/** Tensors that were made by calling an initialiser. */
const drawnSteps = new WeakMap<Step, Draw>();

/** A tensor that is drawn in this way. */
export function drawnTensor(shape: Shape | undefined, draw: Draw, recording: Recording): Value {
  const content = { kind: 'unknown', reason: 'it is drawn by an initialiser' } as const;
  const tensor = recording.add({ kind: 'constant', shape, content }, []);
  const made = symbolic(tensor)?.step;
  if (made) drawnSteps.set(made, draw);
  return tensor;
}

/** What a tensor was drawn from, where an initialiser made it. */
export function drawnBy(step: Step): Draw | undefined {
  return drawnSteps.get(step);
}

export const initializerClass = builtinClass(
  'Initializer',
  [objectClass],
  {
    __init__: () => none,
    /** `initializer(shape=(3, 4))`: a tensor that is drawn by it. */
    __call__: (call) => {
      const [self] = call.positional;
      const given = new CallArguments(call, ['shape'], 1).get('shape');
      const shape = given && toKerasShape(call.interpreter, given, false);
      return drawnTensor(shape, drawOfInitializer(self) ?? notKnown(notUnderstood), new Recording(call, false));
    },
  },
  () => new InitializerState(),
);

/** What an initialiser draws; undefined for what is none. */
export function drawOfInitializer(value: Value | undefined): Draw | undefined {
  return value?.type === 'instance' && value.native instanceof InitializerState ? value.native.draw : undefined;
}
