import {
  BATCH,
  NetworkBuilder,
  type Activation,
  type AxisRole,
  type Distribution,
  type Network,
  type NodeId,
  type Op,
  type ParameterRole,
  type RecurrentCell,
  type Shape,
  type SourceSpan,
} from '../../../src/network';

/** A PyTorch-like network written down in a test, one module a line of an imagined file. */
export class Draft {
  private readonly builder = new NetworkBuilder();
  private line = 0;
  private last = 0;

  input(...shape: number[]): NodeId {
    return this.inputOf([BATCH, ...shape]);
  }

  inputOf(shape: Shape): NodeId {
    return (this.last = this.builder.addInput('x', shape, this.span()));
  }

  add(op: Op, inputs: readonly NodeId[] = [this.last], path = `m${String(this.line)}`): NodeId {
    return (this.last = this.builder.add({ op, inputs, path, span: this.span() }));
  }

  opaque(reason: string): NodeId {
    return (this.last = this.builder.addOpaque(reason, { inputs: [this.last], path: '', span: this.span() }));
  }

  activation(activation: Activation, ...inputs: NodeId[]): NodeId {
    return this.add({ kind: 'activation', activation }, inputs.length > 0 ? inputs : [this.last]);
  }

  linear(inFeatures: number, outFeatures: number, weight?: Distribution): NodeId {
    const path = `m${String(this.line)}`;
    this.parameter(`${path}.weight`, 'weight', [outFeatures, inFeatures], ['out', 'in'], weight);
    this.parameter(`${path}.bias`, 'bias', [outFeatures], ['out'], {
      kind: 'biasScaling',
      scale: 1 / 3,
      weight: `${path}.weight`,
    });
    return this.add({ kind: 'linear', inFeatures, outFeatures, weight: `${path}.weight`, bias: `${path}.bias` });
  }

  conv(
    inChannels: number,
    outChannels: number,
    kernel: readonly number[],
    rest: Partial<Extract<Op, { kind: 'conv' }>> = {},
  ): NodeId {
    const path = `m${String(this.line)}`;
    const groups = typeof rest.groups === 'number' ? rest.groups : 1;
    const axes: AxisRole[] = ['out', 'in', ...kernel.map((): AxisRole => 'kernel')];
    this.parameter(`${path}.weight`, 'weight', [outChannels, inChannels / groups, ...kernel], axes);
    this.parameter(`${path}.bias`, 'bias', [outChannels], ['out'], { kind: 'normal', mean: 0, std: 0.1 });
    return this.add({
      kind: 'conv',
      inChannels,
      outChannels,
      kernel,
      stride: kernel.map(() => 1),
      padding: kernel.map(() => 0),
      dilation: kernel.map(() => 1),
      groups,
      weight: `${path}.weight`,
      bias: `${path}.bias`,
      ...rest,
    });
  }

  /** In PyTorch's layout: in×out/groups×kernel. */
  convTranspose(
    inChannels: number,
    outChannels: number,
    kernel: readonly number[],
    rest: Partial<Extract<Op, { kind: 'convTranspose' }>> = {},
  ): NodeId {
    const path = `m${String(this.line)}`;
    const groups = typeof rest.groups === 'number' ? rest.groups : 1;
    const axes: AxisRole[] = ['in', 'out', ...kernel.map((): AxisRole => 'kernel')];
    this.parameter(`${path}.weight`, 'weight', [inChannels, outChannels / groups, ...kernel], axes);
    this.parameter(`${path}.bias`, 'bias', [outChannels], ['out'], { kind: 'normal', mean: 0, std: 0.1 });
    return this.add({
      kind: 'convTranspose',
      inChannels,
      outChannels,
      kernel,
      stride: kernel.map(() => 1),
      padding: kernel.map(() => 0),
      outputPadding: kernel.map(() => 0),
      dilation: kernel.map(() => 1),
      groups,
      weight: `${path}.weight`,
      bias: `${path}.bias`,
      ...rest,
    });
  }

  /** With two biases, as in PyTorch; `inputs` are x and the initial states. */
  recurrent(
    inputSize: number,
    hiddenSize: number,
    cell: RecurrentCell,
    rest: Partial<Extract<Op, { kind: 'recurrent' }>> = {},
    inputs: readonly NodeId[] = [this.last],
  ): NodeId {
    const path = `m${String(this.line)}`;
    const gates = hiddenSize * { plain: 1, gru: 3, lstm: 4 }[cell.kind];
    const state = typeof rest.projection?.size === 'number' ? rest.projection.size : hiddenSize;
    const normal = { kind: 'normal', mean: 0, std: 0.4 } as const;
    return this.add(
      {
        kind: 'recurrent',
        cell,
        inputSize,
        hiddenSize,
        reverse: false,
        inputWeight: this.parameter(`${path}.weight_ih`, 'weight', [gates, inputSize], ['out', 'in'], normal),
        recurrentWeight: this.parameter(`${path}.weight_hh`, 'weight', [gates, state], ['out', 'in'], normal),
        inputBias: this.parameter(`${path}.bias_ih`, 'bias', [gates], ['out'], normal),
        recurrentBias: this.parameter(`${path}.bias_hh`, 'bias', [gates], ['out'], normal),
        result: 'sequence',
        ...rest,
      },
      inputs,
    );
  }

  /** The parameters of a norm, drawn near 1 and 0 so that a test sees them. */
  affine(shape: readonly number[]): { readonly scale: string; readonly shift: string } {
    const path = `m${String(this.line)}`;
    const axes = shape.map((): AxisRole => 'feature');
    this.parameter(`${path}.weight`, 'normScale', shape, axes, { kind: 'normal', mean: 1, std: 0.2 });
    this.parameter(`${path}.bias`, 'normShift', shape, axes, { kind: 'normal', mean: 0, std: 0.2 });
    return { scale: `${path}.weight`, shift: `${path}.bias` };
  }

  parameter(
    path: string,
    role: ParameterRole,
    shape: readonly number[],
    axes: readonly AxisRole[],
    distribution: Distribution = { kind: 'varianceScaling', scale: 1, mode: 'fanIn', shape: 'normal' },
  ): string {
    const origin = { kind: 'frameworkDefault' } as const;
    this.builder.setParameter({ path, role, shape, axes, initializer: { distribution, origin }, span: this.span(0) });
    return path;
  }

  build(name = 'Net'): Network {
    return this.builder.build({
      name,
      framework: 'pytorch',
      outputs: [this.last],
      span: this.span(0),
      losses: [],
      initializationSite: undefined,
    });
  }

  private span(step = 1): SourceSpan {
    const start = { line: this.line, column: 0, offset: 0 };
    this.line += step;
    return { file: 'net.py', start, end: start };
  }
}

/** `depth` dense layers of the same width with an activation between, and a head. */
export function mlp(
  { inputs = 16, width = 32, depth = 4, outputs = 10 } = {},
  activation: Activation = { kind: 'tanh' },
  weight?: Distribution,
): Network {
  const draft = new Draft();
  draft.input(inputs);
  for (let i = 0; i < depth; i++) {
    draft.linear(i === 0 ? inputs : width, width, weight);
    draft.activation(activation);
  }
  draft.linear(width, outputs, weight);
  return draft.build('Mlp');
}
