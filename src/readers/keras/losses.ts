import type { LossKind } from '../../network';
import { CallArguments } from '../python/arguments';
import { builtin, builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { none, type Call, type ClassValue, type Value } from '../python/values';
import { layerState } from './layerState';
import { kerasSession } from './session';

/** What a loss takes: logits or what has been squashed already. */
interface LossForm {
  readonly logits: LossKind;
  readonly probabilities: LossKind;
}

const crossEntropy: LossForm = { logits: 'crossEntropy', probabilities: 'crossEntropyOfProbabilities' };
const binary: LossForm = { logits: 'binaryCrossEntropyWithLogits', probabilities: 'binaryCrossEntropy' };
const squared: LossForm = { logits: 'meanSquaredError', probabilities: 'meanSquaredError' };

/** The losses that are known, by the name of their class and by those that may be given as text. */
const forms: Readonly<Record<string, LossForm>> = {
  SparseCategoricalCrossentropy: crossEntropy,
  CategoricalCrossentropy: crossEntropy,
  BinaryCrossentropy: binary,
  MeanSquaredError: squared,
  sparse_categorical_crossentropy: crossEntropy,
  categorical_crossentropy: crossEntropy,
  binary_crossentropy: binary,
  mean_squared_error: squared,
  mse: squared,
  MSE: squared,
};

class LossState {
  kind: LossKind | undefined;
}

const lossClass = builtinClass('Loss', [objectClass], { __init__: () => none }, () => new LossState());

function classOf(name: string, form: LossForm): ClassValue {
  return builtinClass(name, [lossClass], {
    __init__: (call) => {
      const [loss] = call.positional;
      const args = new CallArguments(call, ['from_logits'], 1);
      const given = args.get('from_logits');
      const logits = given ? call.interpreter.truth(given) : false;
      if (loss?.type === 'instance' && loss.native instanceof LossState && typeof logits === 'boolean')
        loss.native.kind = logits ? form.logits : form.probabilities;
      return none;
    },
  });
}

const isClassName = (name: string): boolean => /^[A-Z][a-z]/.test(name);

/** `keras.losses`: the classes, and the functions, which are only named here. */
export const lossMembers: Readonly<Record<string, Value>> = {
  Loss: lossClass,
  ...Object.fromEntries(
    Object.entries(forms).map(([name, form]): [string, Value] => [
      name,
      isClassName(name)
        ? classOf(name, form)
        : builtin(name, (call) => call.interpreter.unknown(`${name}(…)`, 'is computed outside of the graph')),
    ]),
  ),
};

function kindOf(loss: Value): LossKind | undefined {
  if (loss.type === 'str' || loss.type === 'builtin')
    return forms[loss.type === 'str' ? loss.value : loss.name]?.probabilities;
  return loss.type === 'instance' && loss.native instanceof LossState ? loss.native.kind : undefined;
}

/** `model.compile(optimizer, loss, …)`: what is trained, and against what. */
export function compile(call: Call): Value {
  const [model] = call.positional;
  const state = model?.type === 'instance' ? layerState(model) : undefined;
  if (model?.type !== 'instance' || !state) return none;
  const loss = new CallArguments(call, ['optimizer', 'loss'], 1).get('loss');
  state.compiled = true;
  const kind = loss && kindOf(loss);
  if (kind) kerasSession(call.interpreter).losses.push({ model, kind, site: call.site });
  return none;
}
