import {
  BATCH,
  NetworkBuilder,
  type Activation,
  type Dim,
  type Distribution,
  type Network,
  type NodeId,
  type Op,
  type Shape,
  type SourceSpan,
} from '../../../src/network';

/** Networks for tests, drawn the way PyTorch modules are made: every layer on its own line. */
export class Draft {
  readonly #builder = new NetworkBuilder();
  #line = 0;

  input(...shape: readonly Dim[]): NodeId {
    return this.#builder.addInput('x', [BATCH, ...shape], this.span());
  }

  op(op: Op, ...inputs: readonly NodeId[]): NodeId {
    return this.#builder.add({ op, inputs, path: `layers.${this.#line}`, span: this.span() });
  }

  linear(x: NodeId, into: Dim, out: Dim, weight: Distribution = torchDefault, bias?: Distribution | 'none'): NodeId {
    const path = this.weight([out, into], weight, bias);
    return this.op({ kind: 'linear', inFeatures: into, outFeatures: out, ...path }, x);
  }

  /** Square kernels, padding that keeps the size at stride 1. */
  conv(x: NodeId, into: number, out: number, options: ConvOptions = {}): NodeId {
    const { kernel = 3, stride = 1, weight = torchDefault, bias = 'none', padding = (kernel - 1) / 2 } = options;
    const path = this.weight([out, into, kernel, kernel], weight, bias);
    return this.op(
      {
        kind: 'conv',
        inChannels: into,
        outChannels: out,
        kernel: [kernel, kernel],
        stride: [stride, stride],
        padding: [padding, padding],
        dilation: [1, 1],
        groups: 1,
        ...path,
      },
      x,
    );
  }

  batchNorm(x: NodeId, channels: Dim, scale = 1): NodeId {
    const parameters = this.norm(channels, scale);
    return this.op({ kind: 'batchNorm', channels, epsilon: 1e-5, ...parameters }, x);
  }

  layerNorm(x: NodeId, size: Dim, center = true): NodeId {
    const parameters = this.norm(size, 1);
    return this.op({ kind: 'layerNorm', normalizedShape: [size], center, epsilon: 1e-5, ...parameters }, x);
  }

  act(x: NodeId, activation: Activation): NodeId {
    return this.op({ kind: 'activation', activation }, x);
  }

  add(...inputs: readonly NodeId[]): NodeId {
    return this.op({ kind: 'add' }, ...inputs);
  }

  /** A trained scalar that starts at `value`. */
  scalar(x: NodeId, value: number): NodeId {
    const path = `alpha${this.#line}`;
    this.#builder.setParameter({
      path,
      role: 'scalar',
      shape: [1],
      axes: ['feature'],
      initializer: { distribution: { kind: 'constant', value }, origin: { kind: 'frameworkDefault' } },
      span: this.span(),
    });
    return this.op({ kind: 'scale', scale: path }, x);
  }

  build(...outputs: readonly NodeId[]): Network {
    return this.#builder.build({
      name: 'Model',
      framework: 'pytorch',
      outputs,
      span: this.span(),
      losses: [],
      initializationSite: undefined,
    });
  }

  private weight(shape: Shape, weight: Distribution, bias?: Distribution | 'none'): { weight: string; bias?: string } {
    const path = `layers.${this.#line}.weight`;
    const origin = { kind: 'frameworkDefault' } as const;
    this.#builder.setParameter({
      path,
      role: 'weight',
      shape,
      axes: shape.map((_, axis) => (axis === 0 ? 'out' : axis === 1 ? 'in' : 'kernel')),
      initializer: { distribution: weight, origin },
      span: this.span(),
    });
    if (bias === 'none') return { weight: path };
    const biasPath = `layers.${this.#line}.bias`;
    const distribution: Distribution = bias ?? { kind: 'biasScaling', scale: 1 / 3, weight: path };
    this.#builder.setParameter({
      path: biasPath,
      role: 'bias',
      shape: shape.slice(0, 1),
      axes: ['out'],
      initializer: { distribution, origin },
      span: this.span(),
    });
    return { weight: path, bias: biasPath };
  }

  private norm(size: Dim, scale: number): { scale: string; shift: string } {
    const result = { scale: `layers.${this.#line}.weight`, shift: `layers.${this.#line}.bias` };
    for (const [role, path, value] of [
      ['normScale', result.scale, scale],
      ['normShift', result.shift, 0],
    ] as const)
      this.#builder.setParameter({
        path,
        role,
        shape: [size],
        axes: ['feature'],
        initializer: { distribution: { kind: 'constant', value }, origin: { kind: 'frameworkDefault' } },
        span: this.span(),
      });
    return result;
  }

  /** Each call is a new line. */
  private span(): SourceSpan {
    this.#line += 1;
    const at = (column: number) => ({ line: this.#line, column, offset: this.#line * 100 + column });
    return { file: 'model.py', start: at(0), end: at(10) };
  }
}

interface ConvOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly weight?: Distribution;
  readonly bias?: Distribution | 'none';
}

/** U(±1/√fan_in) */
export const torchDefault: Distribution = { kind: 'varianceScaling', scale: 1 / 3, mode: 'fanIn', shape: 'uniform' };
export const scaled = (scale: number): Distribution => ({
  kind: 'varianceScaling',
  scale,
  mode: 'fanIn',
  shape: 'normal',
});
export const he = scaled(2);
export const zero: Distribution = { kind: 'constant', value: 0 };

/** `depth` square layers with activations between them. */
export function mlp(
  depth: number,
  width: Dim,
  activation: Activation,
  weight: Distribution = torchDefault,
  bias?: Distribution | 'none',
): Network {
  const draft = new Draft();
  let x = draft.input(width);
  for (let layer = 0; layer < depth; layer += 1) {
    if (layer > 0) x = draft.act(x, activation);
    x = draft.linear(x, width, width, weight, bias);
  }
  return draft.build(x);
}
