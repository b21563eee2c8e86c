import type { Activation, Framework, Initializer, Node } from '../network';
import { formatNumber } from './numbers';

const activations: Partial<Record<Activation['kind'], string>> = {
  relu: 'ReLU',
  relu6: 'ReLU6',
  leakyRelu: 'leaky ReLU',
  prelu: 'PReLU',
  elu: 'ELU',
  celu: 'CELU',
  selu: 'SELU',
  gelu: 'GELU',
  silu: 'SiLU',
  mish: 'Mish',
  logSigmoid: 'log-sigmoid',
  hardSigmoid: 'hard sigmoid',
};

/** The activation as people write it. */
export function activationName({ kind }: Activation): string {
  return activations[kind] ?? kind;
}

const frameworks: Readonly<Record<Framework, string>> = {
  pytorch: 'PyTorch',
  keras: 'Keras',
  tfjs: 'TensorFlow.js',
  flax: 'Flax',
};

/** `PyTorch's default`, or the call as it stands in the source. */
export function initializerName({ origin }: Initializer, framework: Framework): string {
  switch (origin.kind) {
    case 'frameworkDefault':
      return `${frameworks[framework]}'s default`;
    case 'source':
      return `\`${origin.text.replace(/\s+/g, ' ')}\``;
    case 'checkpoint':
      return origin.file;
  }
}

/** The module as its checkpoint spells it; one of a sequence, that has only a number, as `layer 2`. */
export function moduleName({ path, op }: Node): string {
  if (path === '') return op.kind;
  return /^\d+$/.test(path) ? `layer ${path}` : path;
}

/** `30 Linear layers`, `1 layer` where kinds are mixed. */
export function layersText(nodes: readonly Node[]): string {
  const kinds = new Set(nodes.map(({ op }) => (op.kind === 'conv' ? `Conv${op.kernel.length}d` : 'Linear')));
  const [kind] = kinds;
  return `${nodes.length} ${kinds.size === 1 ? `${kind ?? ''} ` : ''}${nodes.length === 1 ? 'layer' : 'layers'}`;
}

/** `×0.58` */
export function times(factor: number): string {
  return `×${formatNumber(factor)}`;
}
