import { builtin } from '../../python/classes';
import { moduleOf } from '../../python/library/module';
import { tuple, type ClassValue, type ModuleValue, type Value } from '../../python/values';
import { layerClasses } from '.';
import { convolutionBase } from './convolution';
import { dropoutBase } from './dropout';
import { batchNormBase, instanceNormBase } from './normalisation';

/** Classes that code asks for by `isinstance`: what layers of one kind share. */
const bases: Readonly<Record<string, ClassValue>> = {
  _ConvNd: convolutionBase,
  _BatchNorm: batchNormBase,
  _InstanceNorm: instanceNormBase,
  _DropoutNd: dropoutBase,
};

/** `_pair(3)` is (3, 3); what is a sequence stays one. */
const repeating = (name: string, count: number): Value =>
  builtin(name, ({ positional: [value], interpreter }) => {
    if (!value) return interpreter.unknown(name, 'is called without a value');
    if (value.type === 'tuple') return value;
    return value.type === 'list' && !value.taint
      ? tuple(value.items)
      : tuple(Array.from({ length: count }, () => value));
  });

const sizes: Readonly<Record<string, Value>> = Object.fromEntries(
  ['_single', '_pair', '_triple', '_quadruple'].map((name, index) => [name, repeating(name, index + 1)]),
);

const names = [
  'activation',
  'adaptive',
  'batchnorm',
  'channelshuffle',
  'container',
  'conv',
  'distance',
  'dropout',
  'flatten',
  'fold',
  'instancenorm',
  'linear',
  'loss',
  'module',
  'normalization',
  'padding',
  'pixelshuffle',
  'pooling',
  'rnn',
  'sparse',
  'transformer',
  'upsampling',
  'utils',
];

/** `torch.nn.modules.conv` and its like, by their full names: each holds what any of them does. */
export function nnSubmodules(members: Readonly<Record<string, Value>>): ReadonlyMap<string, ModuleValue> {
  const all = { ...layerClasses, ...bases, ...sizes, ...members };
  const modules = new Map(names.map((name) => [name, moduleOf(`torch.nn.modules.${name}`, () => all)] as const));
  const parent = moduleOf('torch.nn.modules', () => ({ ...all, ...Object.fromEntries(modules) }));
  return new Map([
    ['torch.nn.modules', parent],
    ['torch.nn.parallel', moduleOf('torch.nn.parallel', () => all)],
    ...[...modules].map(([name, module]) => [`torch.nn.modules.${name}`, module] as const),
  ]);
}
