import type { OpTableOf } from '../op';
import type { NormalizingOp } from '../ops/normalizing';
import { dimText, isKnown, shapeText } from '../shape';
import { clash, contradiction, shapeOf, unchanged, type InputShapes, type ShapeResult } from './result';

export const normalizing: OpTableOf<NormalizingOp, [InputShapes], ShapeResult> = {
  batchNorm: (op, [x]) => {
    const channels = x?.[1];
    if (x && channels === undefined) return contradiction('BatchNorm expects a batch of channels but gets one axis.');
    if (channels !== undefined && clash(op.channels, channels))
      return contradiction(`BatchNorm expects ${dimText(op.channels)} channels but gets ${dimText(channels)}.`);
    return shapeOf(x);
  },
  layerNorm: (op, [x]) => {
    if (!x) return shapeOf(undefined);
    const last = x.slice(Math.max(0, x.length - op.normalizedShape.length));
    const wrong =
      last.length < op.normalizedShape.length ||
      op.normalizedShape.some((size, axis) => {
        const got = last[axis];
        return got !== undefined && clash(size, got);
      });
    const name = op.center ? 'LayerNorm' : 'RMSNorm';
    return wrong
      ? contradiction(`${name} expects last axes of ${shapeText(op.normalizedShape)} but gets ${shapeText(last)}.`)
      : shapeOf(x);
  },
  groupNorm: (op, [x]) => {
    if (isKnown(op.channels) && isKnown(op.groups) && op.channels % op.groups !== 0)
      return contradiction(`GroupNorm cannot divide ${op.channels} channels into ${op.groups} groups.`);
    const channels = x?.[1];
    if (channels !== undefined && clash(op.channels, channels))
      return contradiction(`GroupNorm expects ${dimText(op.channels)} channels but gets ${dimText(channels)}.`);
    return shapeOf(x);
  },
  localResponseNorm: unchanged,
};
