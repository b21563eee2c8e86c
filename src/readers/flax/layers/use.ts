import type { Dim, Shape } from '../../../network';
import { Settings } from '../../frameworks/sizes';
import { shapeOf, tensorsIn } from '../../keras/tensor';
import type { VariableState } from '../../keras/variable';
import { CallArguments } from '../../python/arguments';
import { none, reasonOf, type Call, type InstanceValue, type Value } from '../../python/values';
import { ArrayRecording } from '../array';
import { unknownSize, type Made, type Using } from './define';

/** A layer and its settings, and what of them is not known. */
export interface Constructed extends Made {
  /** The call that made it. */
  readonly call: Call;
  readonly doubts: readonly string[];
}

/** The settings that a layer of ours is made with; they can be asked for as attributes. */
export function construct(layer: InstanceValue, name: string, parameters: readonly string[], call: Call): Constructed {
  const doubts: string[] = [];
  const args = new CallArguments(call, parameters, 1);
  const settings = new Settings(args, (setting, value) =>
    doubts.push(`\`${setting}\` of ${name} is not known${value.type === 'unknown' ? `: ${reasonOf(value)}` : ''}.`),
  );
  for (const parameter of parameters) {
    const value = args.get(parameter);
    if (value) layer.attributes.set(parameter, value, call.interpreter.journal);
  }
  return { layer, args, settings, call, doubts };
}

/** What a layer does with its first argument. */
export function usingOf(
  made: Constructed,
  use: Call,
  sizes: (shape: Shape | undefined) => { readonly into: Dim; readonly out: Dim },
  variable: (name: string) => VariableState | undefined,
): Using {
  const recording = new ArrayRecording(use, true);
  const x: Value = use.positional[0] ?? [...use.keywords.values()][0] ?? none;
  const shape = shapeOf(x);
  return {
    ...made,
    ...sizes(shape),
    use,
    recording,
    x,
    shape,
    variable,
    key: (name) => variable(name)?.key,
    pointwise: (op) => recording.pointwise(op, x),
    spatial: (op) => recording.add(op, [recording.first(x)], true),
    natural: (op) => recording.add(op, [recording.natural(x)]),
    opaque: (reason) => recording.opaque(reason, tensorsIn([...use.positional, ...use.keywords.values()])),
  };
}

/** What a layer makes of its input, unless a setting that it depends on is not known. */
export function unlessDoubted({ doubts }: Constructed, use: Call, result: Value): Value {
  const [doubt] = doubts;
  if (doubt === undefined) return result;
  return new ArrayRecording(use, true).opaque(doubt, tensorsIn([...use.positional, ...use.keywords.values()]));
}

export const lastSize = (shape: Shape | undefined): Dim => shape?.at(-1) ?? unknownSize('the shape of the input');
