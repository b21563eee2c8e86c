import type { Op } from './op';

/** The paths of parameters that an operation uses. */
export function parameterPaths(op: Op): string[] {
  const paths: (string | undefined)[] = [];
  // Fields of `Op` that hold one are known by name.
  if ('weight' in op) paths.push(op.weight);
  if ('bias' in op) paths.push(op.bias);
  if ('scale' in op && typeof op.scale === 'string') paths.push(op.scale);
  if ('shift' in op) paths.push(op.shift);
  if ('slope' in op) paths.push(op.slope);
  if ('parameter' in op) paths.push(op.parameter);
  if (op.kind === 'recurrent')
    paths.push(op.inputWeight, op.recurrentWeight, op.inputBias, op.recurrentBias, op.projection?.weight);
  return paths.filter((path) => path !== undefined);
}
