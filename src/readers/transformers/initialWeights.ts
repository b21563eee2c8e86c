import type { Interpreter } from '../python/interpreter';
import { getItem } from '../python/subscripts';
import {
  bool,
  isSubclass,
  none,
  numberOf,
  reasonOf,
  type Call,
  type InstanceValue,
  type Value,
} from '../python/values';
import { unknownDraw, type Draw } from '../pytorch/draw';
import { initialise } from '../pytorch/initialise';
import { layerClasses } from '../pytorch/layers';
import { childrenOf, namedParameters } from '../pytorch/module';

/** `PreTrainedModel._init_weights`, which most models of `transformers` begin with: what it draws each kind of module from. */

/** Attributes of a configuration that may hold the standard deviation; the first that is there counts. */
const deviations = ['initializer_range', 'init_std', 'initializer_factor'];
const usualDeviation = 0.02;

const zeros: Draw = { kind: 'constant', value: 0 };
const ones: Draw = { kind: 'constant', value: 1 };

interface Rule {
  readonly fits: (module: InstanceValue) => boolean;
  readonly apply: (module: InstanceValue, draw: () => Draw, call: Call) => void;
}

const ofClass =
  (...names: readonly string[]) =>
  (module: InstanceValue): boolean =>
    names.some((name) => {
      const cls = layerClasses[name];
      return cls?.type === 'class' && isSubclass(module.cls, cls);
    });

const setTo = (module: InstanceValue, name: string, draw: Draw, call: Call): void => {
  const value = module.attributes.get(name);
  if (value && value.type !== 'none') initialise(value, draw, call);
};

/** The first that fits is applied. */
const rules: readonly Rule[] = [
  {
    fits: ofClass('Linear', 'Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose1d', 'ConvTranspose2d'),
    apply: (module, draw, call) => {
      setTo(module, 'weight', draw(), call);
      setTo(module, 'bias', zeros, call);
    },
  },
  {
    fits: ofClass('LSTM'),
    apply: (module, _draw, call) => {
      for (const [parameter, name] of namedParameters(module))
        if (name.includes('weight'))
          initialise(parameter, { kind: 'fanScaling', scale: 1, fan: 'average', shape: 'uniform' }, call);
        else if (name.includes('bias')) initialise(parameter, zeros, call);
    },
  },
  {
    fits: ofClass('Embedding'),
    apply: (module, draw, call) => {
      setTo(module, 'weight', draw(), call);
      const padding = module.attributes.get('padding_idx');
      const weight = module.attributes.get('weight');
      if (weight && padding && padding.type !== 'none')
        initialise(getItem(call.interpreter, weight, padding), zeros, call);
    },
  },
  {
    fits: ofClass('MultiheadAttention'),
    apply: (module, _draw, { interpreter }) => {
      const reset = interpreter.findAttribute(module, 'reset_parameters');
      if (reset) interpreter.apply(reset);
    },
  },
  {
    fits: (module) =>
      ofClass('GroupNorm', 'BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d')(module) ||
      module.cls.name.includes('LayerNorm') ||
      module.cls.name.includes('RMSNorm'),
    apply: (module, _draw, call) => {
      setTo(module, 'weight', ones, call);
      setTo(module, 'bias', zeros, call);
    },
  },
];

/** `_init_weights(module)` of the base class. */
export function initialWeights(model: InstanceValue, module: Value | undefined, call: Call): void {
  if (module?.type !== 'instance') return;
  const rule = rules.find(({ fits }) => fits(module));
  rule?.apply(module, () => normalOf(model, call.interpreter), call);
}

function normalOf(model: InstanceValue, interpreter: Interpreter): Draw {
  const config = interpreter.findAttribute(model, 'config');
  if (!config || config.type === 'unknown')
    return unknownDraw(config ? reasonOf(config) : 'its model has no configuration');
  const value = deviationOf(config, interpreter) ?? deviationOf(textConfigOf(config, interpreter), interpreter);
  const std = value === undefined ? usualDeviation : numberOf(value);
  if (std === undefined)
    return unknownDraw(value?.type === 'unknown' ? reasonOf(value) : 'its standard deviation is not a number');
  return { kind: 'normal', mean: 0, std: std === 0 ? usualDeviation : std };
}

function deviationOf(config: Value, interpreter: Interpreter): Value | undefined {
  for (const name of deviations) {
    const value = interpreter.findAttribute(config, name);
    if (value) return value.type === 'none' ? undefined : value;
  }
  return undefined;
}

function textConfigOf(config: Value, interpreter: Interpreter): Value {
  const method = interpreter.findAttribute(config, 'get_text_config');
  return method ? interpreter.apply(method) : none;
}

const done = '_is_hf_initialized';

/**
 * Initialises a model: children first, every module once, each by the `_init_weights` of the nearest model around it.
 * @param isModel whether a module is a model of `transformers` in its own right
 */
export function initialiseModel(
  model: InstanceValue,
  isModel: (module: InstanceValue) => boolean,
  { interpreter }: Call,
): void {
  const visit = (module: InstanceValue, owner: InstanceValue): void => {
    interpreter.budget.spend();
    for (const [, child] of childrenOf(module)) visit(child, isModel(child) ? child : owner);
    if (module.attributes.has(done)) return;
    interpreter.apply(interpreter.getAttribute(owner, '_init_weights'), module);
    module.attributes.set(done, bool(true), interpreter.journal);
  };
  visit(model, model);
}
