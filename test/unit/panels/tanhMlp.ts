import { BATCH, NetworkBuilder, type Network, type SourceSpan } from '../../../src/network';

export const file = '/home/ada/models/deep%tanh.py';

/** A span that covers one line, counted from zero. */
export function line(at: number): SourceSpan {
  const place = (column: number) => ({ line: at, column, offset: 100 * at + column });
  return { file, start: place(8), end: place(40) };
}

/** `depth` hidden tanh layers of PyTorch's default initialisation and a head of ten classes; layer i stands on line 10 + i. */
export function tanhMlp(depth: number, width: number): Network {
  const builder = new NetworkBuilder();
  let last = builder.addInput('x', [BATCH, width], line(5));
  for (let index = 0; index <= depth; index += 1) {
    const path = `layers.${2 * index}`;
    const span = line(10 + index);
    const outFeatures = index === depth ? 10 : width;
    builder.setParameter({
      path: `${path}.weight`,
      role: 'weight',
      shape: [outFeatures, width],
      axes: ['out', 'in'],
      initializer: {
        distribution: { kind: 'varianceScaling', scale: 1 / 3, mode: 'fanIn', shape: 'uniform' },
        origin: { kind: 'frameworkDefault' },
      },
      span,
    });
    builder.setParameter({
      path: `${path}.bias`,
      role: 'bias',
      shape: [outFeatures],
      axes: ['out'],
      initializer: {
        distribution: { kind: 'biasScaling', scale: 1 / 3, weight: `${path}.weight` },
        origin: { kind: 'frameworkDefault' },
      },
      span,
    });
    last = builder.add({
      op: { kind: 'linear', inFeatures: width, outFeatures, weight: `${path}.weight`, bias: `${path}.bias` },
      inputs: [last],
      path,
      span,
    });
    if (index < depth)
      last = builder.add({
        op: { kind: 'activation', activation: { kind: 'tanh' } },
        inputs: [last],
        path: `layers.${2 * index + 1}`,
        span,
      });
  }
  return builder.build({
    name: 'DeepTanhMLP',
    framework: 'pytorch',
    outputs: [last],
    span: line(3),
    losses: [{ kind: 'crossEntropy', span: line(60) }],
    initializationSite: undefined,
  });
}
