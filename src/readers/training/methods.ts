import type { ThingId } from '../../network';
import { callParser } from './argparse';
import { allArguments, argument, callFunction, handOver, type Arguments } from './calls';
import { combined } from './expressions';
import { passed } from './losses';
import { optimizersIn, targetsOf } from './optimizers';
import { madeIn, nothingKnown, tensorsIn, valuesOf, type MadeThing, type Thing } from './things';
import type { Walk } from './walk';

type Method = (walk: Walk, receiver: Thing, given: Arguments) => Thing;

/** A method that is not one of the file's is called. */
export function callMethod(
  walk: Walk,
  { receiver, name }: Extract<Thing, { kind: 'method' }>,
  given: Arguments,
): Thing {
  if (receiver.kind === 'tensor' && !general[name])
    return passed(
      walk,
      receiver,
      name,
      given,
      allArguments(given).filter(({ kind }) => kind === 'tensor'),
    );
  if (receiver.kind === 'made') {
    const [first] = receiver.things;
    if (first?.role === 'parser') return callParser(walk, first, name, given);
    const own = first?.role && ofRoles[first.role]?.[name];
    if (own) return own(walk, receiver, given);
    if (first?.role !== undefined && quiet.has(name)) return nothingKnown;
  }
  const known = general[name];
  if (known) return known(walk, receiver, given);
  if (receiver.kind === 'made' && receiver.things.some(({ role }) => role === 'model'))
    return computed(walk, receiver, given);
  if (receiver.kind === 'library') return handOver(walk, given);
  if (receiver.kind === 'made' || receiver.kind === 'unknown' || receiver.kind === 'method')
    return handOver(walk, given, keptBy(receiver));
  return nothingKnown;
}

/** An object that keeps things may do something to them when it is asked for anything. */
function keptBy(receiver: Thing): Thing | undefined {
  return receiver.kind === 'made' ? receiver : undefined;
}

const idsOf = (receiver: Thing): readonly ThingId[] =>
  targetsOf(receiver.kind === 'made' ? receiver.things : madeIn(receiver));

function isOptimizer(receiver: Thing): boolean {
  return receiver.kind === 'made' && receiver.things.some(({ role }) => role === 'optimizer');
}

function become(receiver: Thing, role: MadeThing['role']): void {
  if (receiver.kind === 'made') for (const one of receiver.things) one.role ??= role;
}

const step: Method = (walk, receiver, given) => {
  const closure = argument(given, 'closure', 0);
  if (receiver.kind === 'made' && receiver.things.every(({ role }) => role === 'scheduler')) {
    walk.act({ kind: 'schedule', targets: idsOf(receiver) }, given.range);
    return nothingKnown;
  }
  // `env.step(action)` is none.
  if (!isOptimizer(receiver) && allArguments(given).length > 0) return handOver(walk, given, keptBy(receiver));
  let loss: Thing = nothingKnown;
  if (closure && closure.kind !== 'function') handOver(walk, given, keptBy(receiver));
  if (closure?.kind === 'function')
    loss = callFunction(walk, closure, { ...given, positional: [], keywords: new Map() });
  walk.act({ kind: 'step', targets: isOptimizer(receiver) ? idsOf(receiver) : [], scaled: false }, given.range);
  return loss;
};

const zeroGrad: Method = (walk, receiver, given) => {
  const made = receiver.kind === 'made' ? receiver.things : [];
  const of = isOptimizer(receiver) ? 'optimizer' : made.some(({ role }) => role === 'model') ? 'model' : 'unknown';
  walk.act({ kind: 'zeroGrad', targets: targetsOf(made), of }, given.range);
  return nothingKnown;
};

const backward: Method = (walk, receiver, given) => {
  const tensors = [...tensorsIn(receiver), ...allArguments(given).flatMap((thing) => tensorsIn(thing))];
  const retain = argument(given, 'retain_graph', 1);
  walk.act(
    {
      kind: 'backward',
      values: valuesOf(tensors),
      retainsGraph: retain?.kind === 'bool' && retain.value,
      scaled: tensors.some(({ scaled }) => scaled === true),
    },
    given.range,
  );
  return nothingKnown;
};

const mode =
  (which: 'train' | 'eval'): Method =>
  (walk, receiver, given) => {
    const told = argument(given, 'mode', 0);
    const wanted = told === undefined || (told.kind === 'bool' && told.value) ? which : 'eval';
    const isKnown = told === undefined || told.kind === 'bool';
    become(receiver, 'model');
    // `train(phase == "train")` may be either: that counts as both.
    for (const one of isKnown ? [wanted] : (['train', 'eval'] as const))
      walk.act({ kind: 'mode', mode: one, targets: idsOf(receiver) }, given.range);
    return receiver;
  };

const parameters: Method = (_walk, receiver) => {
  become(receiver, 'model');
  const models = receiver.kind === 'made' ? receiver.things.filter(({ role }) => role === 'model') : [];
  return { kind: 'parameters', models, all: receiver.kind === 'made' };
};

const itself: Method = (_walk, receiver) => receiver;

/** `losses.append(loss)` */
const append: Method = (walk, receiver, given) => {
  const [item] = given.positional;
  const [expression] = given.expressions.values();
  if (item?.kind === 'tensor' && item.grad === 'yes' && expression)
    walk.act({ kind: 'keep', value: item.value, total: undefined, kept: walk.source.span(expression) }, given.range);
  return receiver;
};

/** What these mean whatever they are called on. */
const general: Readonly<Record<string, Method>> = {
  step,
  zero_grad: zeroGrad,
  zero_: (walk, _receiver, given) => {
    walk.act({ kind: 'zeroGrad', targets: [], of: 'unknown' }, given.range);
    return nothingKnown;
  },
  backward,
  manual_backward: backward,
  train: mode('train'),
  eval: mode('eval'),
  parameters,
  named_parameters: parameters,
  append,
  clip_grad_norm_: (walk, _receiver, given) => {
    walk.act({ kind: 'clip', by: 'norm', limit: undefined }, given.range);
    return nothingKnown;
  },
};

/** Models that a method computes with: `model.generate(x)`. */
function computed(walk: Walk, receiver: Thing, given: Arguments): Thing {
  walk.act({ kind: 'forward', targets: idsOf(receiver) }, given.range);
  const inputs = allArguments(given).flatMap((thing) => tensorsIn(thing));
  return inputs.length > 0 ? combined(walk, inputs) : walk.tensor({ grad: 'unknown' });
}

/** What things of a role say of themselves, and settings that do not matter here. */
const quiet = new Set(
  'state_dict load_state_dict get_last_lr get_lr print_lr update get_scale is_enabled print log log_dict wait_for_everyone save_state register_forward_hook named_modules modules children named_children apply add_module register_buffer requires_grad_ gradient_checkpointing_enable'.split(
    ' ',
  ),
);

/** What everything is wrapped in that a library trains with. */
const prepared: Method = (_walk, _receiver, given) => {
  const [only] = given.positional;
  return given.positional.length === 1 && only ? only : { kind: 'list', items: given.positional };
};

const clipUnscaled: Method = (walk, _receiver, given) => {
  const limit = argument(given, 'max_norm', 1);
  walk.act({ kind: 'unscale', targets: [] }, given.range);
  walk.act({ kind: 'clip', by: 'norm', limit: limit?.kind === 'number' ? limit.value : undefined }, given.range);
  return nothingKnown;
};

const moving = Object.fromEntries(
  [
    'to',
    'cuda',
    'cpu',
    'float',
    'double',
    'half',
    'bfloat16',
    'to_empty',
    'compile',
    'requires_grad_',
    'share_memory',
  ].map((name) => [name, itself]),
);

const ofRoles: Readonly<Partial<Record<NonNullable<MadeThing['role']>, Readonly<Record<string, Method>>>>> = {
  model: moving,
  optimizer: {
    add_param_group: (walk, receiver) => {
      for (const { id } of receiver.kind === 'made' ? receiver.things : []) {
        const known = walk.optimizers.get(id);
        if (known) walk.optimizers.set(id, { ...known, groups: undefined, weightDecay: undefined });
      }
      return nothingKnown;
    },
    train: () => nothingKnown,
    eval: () => nothingKnown,
  },
  scaler: {
    scale: (walk, _receiver, { positional: [loss] }) =>
      loss?.kind === 'tensor'
        ? walk.tensor({ grad: loss.grad, from: valuesOf([loss]), scaled: true })
        : walk.tensor({ grad: 'unknown', scaled: true }),
    step: (walk, _receiver, given) => {
      walk.act({ kind: 'step', targets: targetsOf(optimizersIn(given.positional)), scaled: true }, given.range);
      return nothingKnown;
    },
    unscale_: (walk, _receiver, given) => {
      walk.act({ kind: 'unscale', targets: targetsOf(optimizersIn(given.positional)) }, given.range);
      return nothingKnown;
    },
  },
  accelerator: {
    prepare: prepared,
    setup: prepared,
    setup_module: prepared,
    setup_dataloaders: () => nothingKnown,
    unwrap_model: (_walk, _receiver, { positional: [model] }) => model ?? nothingKnown,
    gather: (_walk, _receiver, { positional: [value] }) => value ?? nothingKnown,
    clip_grad_norm_: clipUnscaled,
    clip_grad_value_: clipUnscaled,
    clip_gradients: clipUnscaled,
    accumulate: () => nothingKnown,
    autocast: () => nothingKnown,
    save: () => nothingKnown,
  },
};
