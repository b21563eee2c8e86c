import { lossFunctions, lossModules } from '../pytorch/loss';
import { parserThing } from './argparse';
import { allArguments, argument, handOver, type Arguments } from './calls';
import { applyLoss, passed } from './losses';
import { makeOptimizer, optimizersIn, targetsOf } from './optimizers';
import { makeScheduler } from './schedulers';
import { nothingKnown, tensorsIn, valuesOf, type Thing } from './things';
import type { Walk } from './walk';

type LibraryFunction = (walk: Walk, given: Arguments, match: RegExpExecArray) => Thing;

/** Gives back what it is given first. */
const passing: LibraryFunction = (_walk, given) => given.positional[0] ?? nothingKnown;

const clip =
  (by: 'norm' | 'value', setting: string): LibraryFunction =>
  (walk, given) => {
    const limit = argument(given, setting, 1);
    walk.act({ kind: 'clip', by, limit: limit?.kind === 'number' ? limit.value : undefined }, given.range);
    return nothingKnown;
  };

const make =
  (role: 'scaler' | 'accelerator'): LibraryFunction =>
  (walk, _given, { input }) => ({ kind: 'made', things: [walk.make(role, input)] });

/** Functions and classes of libraries by their whole names; the first that fits counts. */
const table: readonly (readonly [RegExp, LibraryFunction])[] = [
  [
    /(?:^|\.)optim(?:izers?)?\.lr_scheduler\.(\w+)$/,
    (walk, given, [path, name = '']) => makeScheduler(walk, name, path, given),
  ],
  [
    /^(?:transformers|diffusers)\..*?(get_\w*schedule\w*|get_scheduler)$/,
    (walk, given, [path, name = '']) => makeScheduler(walk, name, path, given),
  ],
  [
    /^torch\.optim\.(?:\w+\.)?(\w+)$/,
    (walk, given, [path, name = '']) => makeOptimizer(walk, name, path, given) ?? unknownOptimizer(walk, name, given),
  ],
  [
    /^(?:transformers|bitsandbytes|apex|timm|torch_optimizer|lion_pytorch|schedulefree)\.(?:\w+\.)*(\w*(?:Adam|SGD|Lion|LAMB|Lamb|Adafactor|AdamW)\w*|create_optimizer\w*)$/,
    (walk, given, [, name = '']) => unknownOptimizer(walk, name, given),
  ],
  [/^torch\.(?:cuda\.)?amp\.(?:grad_scaler\.)?GradScaler$/, make('scaler')],
  [/(?:^|\.)(?:accelerate\.Accelerator|fabric\.Fabric|lightning\.Fabric)$/, make('accelerator')],
  [/^torch\.nn\.utils\.(?:clip_grad\.)?clip_grad_norm_?$/, clip('norm', 'max_norm')],
  [/^torch\.nn\.utils\.(?:clip_grad\.)?clip_grad_value_$/, clip('value', 'clip_value')],
  [
    /^torch\.nn\.(?:modules\.loss\.)?(\w+Loss)$/,
    (_walk, _given, [, name = '']) => ({ kind: 'loss', loss: lossModules[name] }),
  ],
  [/^torch\.nn\.functional\.(\w+)$/, (walk, given, [, name = '']) => functional(walk, name, given)],
  [/^torch\.autograd\.backward$/, backward],
  [/^torch\.(?:autograd|func)\.grad\w*$/, (walk, given, { input }) => handOver(walk, given, undefined, input)],
  [
    /(?:^|\.)(?:optimizer_step)$/,
    (walk, given) => {
      walk.act({ kind: 'step', targets: targetsOf(optimizersIn(allArguments(given))), scaled: false }, given.range);
      return nothingKnown;
    },
  ],
  [/^torch\.(?:compile|nn\.DataParallel|nn\.parallel\.\w+|jit\.script)$/, passing],
  [/(?:^|\.)(?:DistributedDataParallel|FullyShardedDataParallel|convert_sync_batchnorm)$/, passing],
  [/^argparse\.ArgumentParser$/, (walk, _given, { input }) => parserThing(walk, input)],
  [/^builtins\.(?:float|int)$/, (_walk, { positional: [value] }) => (value?.kind === 'number' ? value : nothingKnown)],
  [/^builtins\.(?:list|tuple|iter|reversed|sorted|set)$|^itertools\.chain$/, (_walk, given) => gathered(given)],
  [
    /^builtins\.(?:print|len|range|enumerate|zip|map|filter|sum|min|max|abs|round|pow|any|all|next|dict|str|bool|type|isinstance|hasattr|getattr|setattr|callable|id|repr|format|open|input|super|vars|dir|slice)$|^(?:math|numpy|time|os|sys|random|json|datetime|pathlib|copy|collections|logging|tqdm)(?:\.|$)/,
    tensorFunction,
  ],
  [/^torch\.nn\.(?:\w+\.)*[A-Z]\w*$/, library],
  [/^(?:torchvision\.models|timm|segmentation_models_pytorch)\b.*\.(\w+)$/, library],
  [/(?:^|\.)from_pretrained$/, (walk, given, match) => pretrained(walk, library(walk, given, match))],
  [/^torch(?:vision)?\b/, tensorFunction],
];

export function callLibrary(walk: Walk, path: string, given: Arguments): Thing {
  for (const [words, apply] of table) {
    const match = words.exec(path);
    if (match) return apply(walk, given, match);
  }
  return handOver(walk, given, undefined, path);
}

function unknownOptimizer(walk: Walk, name: string, given: Arguments): Thing {
  const thing = walk.make('optimizer');
  walk.addOptimizer(thing, name, given.range);
  return { kind: 'made', things: [thing] };
}

/** A module of a library. */
function library(walk: Walk, given: Arguments, { input }: RegExpExecArray): Thing {
  const thing = walk.make('model', input);
  const weights = argument(given, 'pretrained') ?? argument(given, 'weights');
  const isPretrained = weights !== undefined && weights.kind !== 'none' && !(weights.kind === 'bool' && !weights.value);
  if (isPretrained) walk.pretrained.add(thing.id);
  return { kind: 'made', things: [thing] };
}

function pretrained(walk: Walk, made: Thing): Thing {
  if (made.kind === 'made') for (const { id } of made.things) walk.pretrained.add(id);
  return made;
}

function functional(walk: Walk, name: string, given: Arguments): Thing {
  const isLoss = lossFunctions[name] !== undefined || /_loss$|^kl_div$/.test(name);
  if (isLoss) return applyLoss(walk, lossFunctions[name], given);
  return tensorFunctionNamed(walk, name, given);
}

/** A function of tensors. */
function tensorFunction(walk: Walk, given: Arguments, { input }: RegExpExecArray): Thing {
  return tensorFunctionNamed(walk, input.slice(input.lastIndexOf('.') + 1), given);
}

function tensorFunctionNamed(walk: Walk, name: string, given: Arguments): Thing {
  const [first, ...others] = given.positional;
  if (first?.kind === 'tensor')
    return passed(
      walk,
      first,
      name,
      given,
      others.filter(({ kind }) => kind === 'tensor'),
    );
  const tensors = allArguments(given).flatMap((thing) => tensorsIn(thing));
  if (tensors.length === 0) return { kind: 'unknown', holds: [] };
  const grad = tensors.some((tensor) => tensor.grad === 'yes') ? 'yes' : 'unknown';
  return walk.tensor({ grad, from: valuesOf(tensors) });
}

function backward(walk: Walk, given: Arguments): Thing {
  const tensors = allArguments(given).flatMap((thing) => tensorsIn(thing));
  const values = valuesOf(tensors);
  walk.act({ kind: 'backward', values, retainsGraph: false, scaled: false }, given.range);
  return nothingKnown;
}

/** A collection of what other collections hold; of parameters, all of them. */
function gathered({ positional }: Arguments): Thing {
  const parameters = positional.flatMap((thing) => (thing.kind === 'parameters' ? [thing] : []));
  if (positional.length > 0 && parameters.length === positional.length)
    return {
      kind: 'parameters',
      models: parameters.flatMap(({ models }) => models),
      all: parameters.every(({ all }) => all),
    };
  const [only] = positional;
  return positional.length === 1 && only?.kind === 'list' ? only : { kind: 'unknown', holds: positional };
}
