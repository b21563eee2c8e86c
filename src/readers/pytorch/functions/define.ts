import type { Op } from '../../../network';
import { CallArguments } from '../../python/arguments';
import type { Interpreter } from '../../python/interpreter';
import type { Site } from '../../text/source';
import { none, reasonOf, type Call, type InstanceValue, type Value } from '../../python/values';
import { sessionOf } from '../session';
import { Settings } from '../../frameworks/sizes';
import { makeTensor, tensorState } from '../tensor';
import type { Trace } from '../trace';
import { viewBy } from '../views';

/** One use of a tensor function inside a `forward`. */
export interface FunctionUse {
  readonly trace: Trace;
  /** The tensor it is applied to. */
  readonly x: Value;
  readonly args: CallArguments;
  readonly settings: Settings;
  readonly interpreter: Interpreter;
  readonly site: Site;
  /** Add an operation on `x`, or on other inputs. */
  add(op: Op, inputs?: readonly Value[]): InstanceValue;
  opaque(reason: string, inputs?: readonly Value[]): InstanceValue;
}

/** A function of tensors, met as `torch.name(x, …)`, `F.name(x, …)` or `x.name(…)`. */
export interface TensorFunction {
  /** The names of the parameters after the tensor. */
  readonly parameters: readonly string[];
  readonly apply: (use: FunctionUse) => Value;
  /** It gives the tensor as it is, in a `forward` and outside. */
  readonly passes?: true;
}

/** Apply a function of ours: in a `forward` to the graph; outside, what is computed from a model's output stays marked as that. */
export function applyTensorFunction(name: string, { parameters, apply, passes }: TensorFunction, call: Call): Value {
  const { interpreter, site } = call;
  const { trace } = sessionOf(interpreter);
  const args = new CallArguments(call, parameters, 1);
  const x = call.positional[0] ?? call.keywords.get('input') ?? none;
  if (passes) return x;
  if (!trace) return outsideOfForward(name, call);
  const doubts: string[] = [];
  const settings = new Settings(args, (setting, value) =>
    doubts.push(`\`${setting}\` of ${name} is not known${value.type === 'unknown' ? `: ${reasonOf(value)}` : ''}.`),
  );
  const opaque = (reason: string, inputs: readonly Value[] = [x]): InstanceValue => trace.opaque(reason, inputs, site);
  return apply({
    trace,
    x,
    args,
    settings,
    interpreter,
    site,
    add: (op, inputs = [x]) => {
      const [doubt] = doubts;
      return doubt === undefined ? trace.add(op, inputs, site) : opaque(doubt, inputs);
    },
    opaque,
  });
}

function outsideOfForward(name: string, call: Call): Value {
  const shown = viewBy(name, call);
  if (shown) return shown;
  for (const value of call.positional) {
    const state = tensorState(value);
    if (state?.kind === 'output') return makeTensor(state, call.site);
  }
  return call.interpreter.unknown(`${name}(…)`, 'is computed outside of the model');
}

/** The tensors among some values, looked for inside of tuples and lists as well. */
export function tensorsIn(values: readonly Value[]): readonly Value[] {
  return values.flatMap((value): readonly Value[] => {
    if (value.type === 'tuple' || value.type === 'list') return tensorsIn(value.items);
    return tensorState(value) ? [value] : [];
  });
}
