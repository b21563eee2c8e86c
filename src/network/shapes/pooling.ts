import type { OpTableOf } from '../op';
import type { PoolingOp } from '../ops/pooling';
import { BATCH, isKnown, type Dim } from '../shape';
import { multiplySizes } from '../size';
import { shapeOf, type InputShapes, type ShapeResult } from './result';
import { slideAll, spatialProblem } from './space';

export const pooling: OpTableOf<PoolingOp, [InputShapes], ShapeResult> = {
  pool: (op, [x]) => {
    const name = `${op.reduce === 'max' ? 'MaxPool' : 'AvgPool'}${op.kernel.length}d`;
    const problem = spatialProblem(name, x, op.kernel.length);
    if (problem) return problem;
    const channels = x?.[1];
    if (channels === undefined || x?.length !== op.kernel.length + 2) return shapeOf(undefined);
    return slideAll(name, x, channels, { ...op, dilation: op.dilation ?? op.kernel.map(() => 1) });
  },
  adaptivePool: (op, [x]) => {
    const problem = spatialProblem(`Adaptive pooling to ${op.output.length} axes`, x, op.output.length);
    if (problem) return problem;
    if (!x) return shapeOf(undefined);
    const lead = x.length - op.output.length;
    return shapeOf([...x.slice(0, lead), ...x.slice(lead).map((size, axis) => op.output[axis] ?? size)]);
  },
  upsample: ({ target }, [x]) => {
    if (!x) return shapeOf(undefined);
    const space = target.kind === 'output' ? target.sizes.length : target.factors.length;
    const problem = spatialProblem(`Upsampling of ${space} axes`, x, space);
    if (problem) return problem;
    const lead = x.length - space;
    return shapeOf([
      ...x.slice(0, lead),
      ...x
        .slice(lead)
        .map((size, axis) =>
          target.kind === 'output' ? (target.sizes[axis] ?? size) : scaled(size, target.factors[axis] ?? 1),
        ),
    ]);
  },
  unfold: (op, [x]) => {
    const problem = spatialProblem('Unfold', x, op.kernel.length);
    if (problem) return problem;
    const channels = x?.[1];
    if (channels === undefined || x?.length !== op.kernel.length + 2) return shapeOf(undefined);
    const slid = slideAll('Unfold', x, channels, op);
    if (slid.kind === 'contradiction' || !slid.shape) return slid;
    const [batch = BATCH, , ...places] = slid.shape;
    return shapeOf([batch, multiplySizes([channels, ...op.kernel]), multiplySizes(places)]);
  },
};

function scaled(size: Dim, factor: number): Dim {
  if (isKnown(size)) return Math.floor(size * factor);
  return Number.isInteger(factor) ? multiplySizes([factor, size]) : { ...size, symbol: `⌊${factor}·${size.symbol}⌋` };
}
