import type { Convolution, OpTableOf } from '../op';
import type { WeightedOp } from '../ops/weighted';
import { BATCH, dimText, isKnown, shapeText, type Dim, type Shape } from '../shape';
import { addSizes, multiplySizes } from '../size';
import { clash, contradiction, shapeOf, type InputShapes, type ShapeResult } from './result';
import { slideAll, spatialProblem } from './space';

export const weighted: OpTableOf<WeightedOp, [InputShapes], ShapeResult> = {
  linear: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const last = x.at(-1);
    if (last === undefined) return contradiction('Linear expects a tensor with features but gets a scalar.');
    if (clash(op.inFeatures, last))
      return contradiction(`Linear expects ${dimText(op.inFeatures)} features but gets ${dimText(last)}.`);
    return shapeOf([...x.slice(0, -1), op.outFeatures]);
  },
  conv: (op, [x]) => convolved(op, x),
  dynamicConv: (op, [x]) => convolved(op, x),
  convTranspose: (op, [x]) => {
    const name = `ConvTranspose${op.kernel.length}d`;
    const problem = convolutionProblem(name, op, x);
    if (problem) return problem;
    if (x?.length !== op.kernel.length + 2) return shapeOf(undefined);
    const space = op.kernel.map((_, axis) => stretched(op, axis, x[axis + 2] ?? 1));
    return space.some((size) => isKnown(size) && size < 1)
      ? contradiction(`${name} leaves nothing of ${shapeText(x.slice(2))}.`)
      : shapeOf([x[0] ?? BATCH, op.outChannels, ...space]);
  },
  embedding: (op, [x]) => shapeOf(x && [...x, op.features]),
  recurrent: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    if (x.length !== 3)
      return contradiction(`A recurrent layer expects batch, time and features but gets ${shapeText(x)}.`);
    const [batch = BATCH, time = 1, features = 1] = x;
    if (clash(op.inputSize, features))
      return contradiction(
        `A recurrent layer expects ${dimText(op.inputSize)} features but gets ${dimText(features)}.`,
      );
    const hidden = op.projection && op.result !== 'cell' ? op.projection.size : op.hiddenSize;
    return shapeOf(op.result === 'sequence' ? [batch, time, hidden] : [batch, hidden]);
  },
};

function convolved(op: Convolution, x: Shape | undefined): ShapeResult {
  const name = `Conv${op.kernel.length}d`;
  const problem = convolutionProblem(name, op, x);
  if (problem) return problem;
  return x?.length === op.kernel.length + 2 ? slideAll(name, x, op.outChannels, op) : shapeOf(undefined);
}

function convolutionProblem(name: string, op: Convolution, x: Shape | undefined): ShapeResult | undefined {
  const problem = spatialProblem(name, x, op.kernel.length);
  if (problem) return problem;
  const channels = x?.length === op.kernel.length + 2 ? x[1] : undefined;
  if (channels !== undefined && clash(op.inChannels, channels))
    return contradiction(`${name} expects ${dimText(op.inChannels)} channels but gets ${dimText(channels)}.`);
  for (const [side, size] of [
    ['in', op.inChannels],
    ['out', op.outChannels],
  ] as const)
    if (isKnown(size) && isKnown(op.groups) && size % op.groups !== 0)
      return contradiction(`${name} has ${size} ${side}-channels, which ${op.groups} groups do not divide.`);
  return undefined;
}

/** (n − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1; with TensorFlow's `same`, n·stride. */
function stretched(op: Convolution & { readonly outputPadding: readonly Dim[] }, axis: number, size: Dim): Dim {
  const stride = op.stride[axis] ?? 1;
  if (op.padding === 'same') return multiplySizes([size, stride]);
  const kernel = op.kernel[axis] ?? 1;
  const dilation = op.dilation[axis] ?? 1;
  const padding = op.padding === 'valid' ? 0 : (op.padding[axis] ?? 0);
  return addSizes([
    multiplySizes([size, stride]),
    multiplySizes([-1, stride]),
    multiplySizes([-2, padding]),
    multiplySizes([dilation, addSizes([kernel, -1])]),
    op.outputPadding[axis] ?? 0,
    1,
  ]);
}
