import { BATCH, isKnown, type Dim, type Shape } from '../../network';
import { ancestry, type Step } from '../kerasLayers/graph';

const symbols = (...names: readonly string[]): Shape => [BATCH, ...names.map((symbol) => ({ symbol }))];
const space = [['L'], ['H', 'W'], ['D', 'H', 'W']] as const;

/** What the first operations that meet an input tell of it: how many axes it has. Undefined where they do not tell. */
export function solveShape(outputs: readonly Step[], input: Step | undefined): Shape | undefined {
  if (!input) return undefined;
  const reached = new Set([input]);
  for (const step of ancestry(outputs)) {
    if (!step.inputs.some((one) => reached.has(one))) continue;
    const shape = asked(step);
    if (shape) return shape;
    if (passing.has(step.op.kind)) reached.add(step);
  }
  return undefined;
}

const passing: ReadonlySet<string> = new Set([
  'activation',
  'dropout',
  'affine',
  'identity',
  'batchNorm',
  'add',
  'multiply',
  'scale',
  'noise',
]);

/** A size that a layer says itself: nothing of the input is needed to know it. */
const told = (size: Dim, symbol: string): Dim => (isKnown(size) ? size : { symbol });

function asked({ op }: Step): Shape | undefined {
  switch (op.kind) {
    case 'conv':
    case 'convTranspose':
      return [...symbols(...(space[op.kernel.length - 1] ?? [])), told(op.inChannels, 'C')];
    case 'pool':
      return symbols(...(space[op.kernel.length - 1] ?? []), 'C');
    case 'embedding':
      return symbols('T');
    case 'recurrent':
      return [...symbols('T'), told(op.inputSize, 'F')];
    case 'linear':
      return [BATCH, told(op.inFeatures, 'F')];
    case 'layerNorm':
      return [BATCH, told(op.normalizedShape.at(-1) ?? { symbol: 'F' }, 'F')];
    default:
      return undefined;
  }
}
