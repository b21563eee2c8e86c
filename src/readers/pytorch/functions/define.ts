import { isKnown, type Dim, type Op, type Shape } from '../../../network';
import { CallArguments } from '../../python/arguments';
import type { Interpreter } from '../../python/interpreter';
import { mappingOf } from '../../python/held';
import { isElements } from '../../python/operators';
import { bool, isSubclass, none, numberOf, reasonOf, tuple, type Call, type Value } from '../../python/values';
import type { Site } from '../../text/source';
import { unknownContent } from '../constants/content';
import { moduleClass } from '../module';
import { shapeOfTensor } from '../queries';
import { sessionOf } from '../session';
import { Settings, toDim, toShape } from '../../frameworks/sizes';
import { makeTensor, parameterState, setTensorState, shareElements, tensorState, type TensorView } from '../tensor';
import { viewBy } from '../views';
import type { Trace } from '../trace';
import { asConstant, compute, makeConstant } from './compute';

/** A function of tensors, met as `torch.name(x, …)`, `F.name(x, …)` or `x.name(…)`. */
export interface TensorFunction {
  /** The names of the parameters after the tensor. */
  readonly parameters: readonly string[];
  readonly apply: (use: FunctionUse) => Value;
  /** It gives the tensor as it is, in a `forward` and outside. */
  readonly passes?: true;
}

export const function_ = (parameters: readonly string[], apply: TensorFunction['apply']): TensorFunction => ({
  parameters,
  apply,
});

/** One use of a tensor function: inside of a `forward`, or on tensors that are known. */
export class FunctionUse {
  readonly interpreter: Interpreter;
  readonly site: Site;
  readonly args: CallArguments;
  readonly settings: Settings;
  readonly #doubts: string[] = [];

  constructor(
    readonly name: string,
    parameters: readonly string[],
    /** The tensor it is applied to. */
    readonly x: Value,
    readonly call: Call,
  ) {
    this.interpreter = call.interpreter;
    this.site = call.site;
    this.args = new CallArguments(call, parameters, 1);
    this.settings = new Settings(this.args, (setting, value) =>
      this.#doubts.push(
        `\`${setting}\` of ${name} is not known${value.type === 'unknown' ? `: ${reasonOf(value)}` : ''}.`,
      ),
    );
  }

  get trace(): Trace | undefined {
    return sessionOf(this.interpreter).trace;
  }

  shape(value: Value = this.x): Shape | undefined {
    return shapeOfTensor(value, this.call);
  }

  rank(value: Value = this.x): number | undefined {
    return this.shape(value)?.length;
  }

  /** Add an operation on `x`, or on other inputs. */
  add(op: Op, inputs: readonly Value[] = [this.x]): Value {
    const [doubt] = this.#doubts;
    return doubt === undefined ? compute(op, inputs, this.call) : this.opaque(doubt, inputs);
  }

  opaque(reason: string, inputs: readonly Value[] = [this.x]): Value {
    if (this.trace) return this.trace.opaque(reason, inputs, this.site);
    return makeConstant({ shape: undefined, content: unknownContent(reason) }, 'float', this.site);
  }

  /** The first of some arguments that is given and not None: PyTorch takes `dim` and `axis` alike. */
  given(...names: readonly string[]): Value | undefined {
    for (const name of names) {
      const value = this.args.get(name) ?? this.call.keywords.get(name);
      if (value && value.type !== 'none') return value;
    }
    return undefined;
  }

  /** The axis that is asked for; undefined where it is not known. */
  axis(fallback?: number): number | undefined {
    const value = this.given('dim', 'axis');
    return value ? numberOf(value) : fallback;
  }

  /** The axes that are asked for, one or several. */
  axes(value: Value | undefined = this.given('dim', 'axis')): readonly number[] | undefined {
    const sizes = value && toShape(this.interpreter, [value]);
    const known = sizes?.filter(isKnown);
    return known && known.length === sizes?.length ? known : undefined;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.settings.flag(name, fallback);
  }

  dim(name: string): Dim {
    return toDim(this.args.value(name));
  }

  /** Sizes that are given one by one or as one tuple. */
  sizes(...names: readonly string[]): Shape | undefined {
    const given = this.call.positional.slice(1);
    const named = this.given(...names, 'size', 'shape', 'dims');
    if (this.call.hidden) return undefined;
    return toShape(this.interpreter, given.length > 0 ? given : named ? [named] : []);
  }

  /** The tensors of a list; undefined where it is not known which. */
  elements(value: Value = this.x): readonly Value[] | undefined {
    const elements = this.interpreter.iterate(value);
    return isElements(elements) ? elements : undefined;
  }

  /** The path of a parameter that is handed over; undefined where it is none of the model that is traced. */
  parameterPath(name: string): string | undefined {
    const value = this.args.get(name);
    return value?.type === 'instance' && parameterState(value) ? this.trace?.paths.parameters.get(value) : undefined;
  }

  /** Whether the tensor is changed in place, as the call says. */
  get inPlace(): boolean {
    return this.interpreter.truth(this.given('inplace') ?? bool(false)) === true;
  }
}

/** Apply a function of ours: in a `forward` to the graph; outside, what is computed from a model's output stays marked as that. */
export function applyTensorFunction(name: string, { parameters, apply, passes }: TensorFunction, call: Call): Value {
  const first = ['input', 'x', 'tensors', 'tensor', 'self'].map((keyword) => call.keywords.get(keyword));
  const x = call.positional[0] ?? first.find((value) => value !== undefined) ?? none;
  if (passes) return x;
  // Named, the tensor takes no place among the positional arguments.
  const shifted = call.positional.length === 0 ? { ...call, positional: [x] } : call;
  if (!sessionOf(call.interpreter).trace) {
    const outside = outsideOfForward(name, call);
    if (outside) return outside;
  }
  const use = new FunctionUse(name, parameters, x, shifted);
  const result = use.trace
    ? sharing(name, x, apply(use), call)
    : (shownBy(name, shifted, () => apply(use)) ?? apply(use));
  if (use.inPlace) replace(x, result, call);
  return result;
}

/** Functions whose result is the same elements in another shape, or some of them. */
const sharingNames = new Set(
  'view view_as flatten permute transpose swapaxes t T mT movedim unsqueeze squeeze expand expand_as split chunk unbind narrow select'.split(
    ' ',
  ),
);

function sharing(name: string, from: Value, result: Value, { interpreter }: Call): Value {
  if (!sharingNames.has(name)) return result;
  for (const part of result.type === 'tuple' ? result.items : [result]) {
    if (tensorState(part) !== tensorState(from)) shareElements(part, { from }, interpreter.journal);
  }
  return result;
}

/** Sets the part of a tensor that an index picks; undefined where that is not understood. */
type SetPart = (from: Value, index: Value) => Value | undefined;

/**
 * Change a tensor in place to what has been computed; gives the tensor back. What shares its elements changes with it, if `setPart` can
 * tell how; else it is not known any more.
 */
export function replace(
  tensor: Value,
  result: Value,
  call: Pick<Call, 'interpreter'>,
  setPart: SetPart = () => undefined,
): Value {
  const { journal } = call.interpreter;
  const state = tensorState(result);
  const before = tensorState(tensor);
  const fixed = before?.kind === 'parameter' || before?.kind === 'view';
  if (!state || fixed) return state && fixed ? result : tensor;
  const shared = before?.kind === 'node' || before?.kind === 'constant' ? before.shared : undefined;
  setTensorState(tensor, state, journal);
  if (!shared) return tensor;
  shareElements(tensor, shared, journal);
  const changed = shared.index && setPart(shared.from, shared.index);
  if (changed) replace(shared.from, changed, call, setPart);
  else if (tensorState(shared.from)?.kind !== 'parameter')
    setTensorState(
      shared.from,
      { kind: 'doubtful', reason: 'A tensor is changed in place through another of its shapes' },
      journal,
    );
  return tensor;
}

/** Outside of a `forward` some functions show elements instead of computing new ones: of a constant with the numbers that are shown. */
export function shownBy(name: string, call: Call, compute: () => Value): Value | undefined {
  const shown = viewBy(name, call);
  return shown && withNumbers(shown, compute);
}

/** Views of a constant, with what they show. */
export function withNumbers(shown: Value, compute: () => Value, picked?: TensorView['picked']): Value {
  const [first] = shown.type === 'tuple' ? shown.items : [shown];
  const state = tensorState(first);
  if (state?.kind !== 'view' || state.of.kind === 'parameter') return shown;
  const own = compute();
  const [views, tensors] = [shown, own].map((value) => (value.type === 'tuple' ? value.items : [value]));
  const together = views?.map((view, at) => {
    const [one, tensor] = [tensorState(view), tensors?.[at] && asConstant(tensors[at])];
    if (one?.kind !== 'view' || one.of.kind === 'parameter' || !tensor || view.type !== 'instance') return view;
    const basis = { draw: one.of.draw, content: one.of.content };
    return makeTensor(
      { ...one, shape: tensor.shape ?? one.shape, own: tensor, basis, ...(picked ? { picked } : {}) },
      view.site,
    );
  });
  const [only] = together ?? [];
  return shown.type === 'tuple' ? tuple(together ?? []) : (only ?? shown);
}

function outsideOfForward(name: string, call: Call): Value | undefined {
  const tensors = tensorsIn([...call.positional, ...call.keywords.values()]);
  for (const value of tensors) {
    const state = tensorState(value);
    if (state?.kind === 'output') return makeTensor(state, call.site);
  }
  return tensors.length > 0 ? undefined : call.interpreter.unknown(`${name}(…)`, 'is computed outside of the model');
}

/** The tensors among some values, looked for inside of tuples, lists and dicts, and in the fields of what is no module. */
export function tensorsIn(values: readonly Value[], seen = new Set<Value>()): readonly Value[] {
  return values.flatMap((value): readonly Value[] => {
    if (tensorState(value)) return [value];
    if (seen.has(value)) return [];
    seen.add(value);
    if (value.type === 'tuple' || value.type === 'list') return tensorsIn(value.items, seen);
    const held = mappingOf(value);
    if (held)
      return tensorsIn(
        [...held.entries.values()].map(([, item]) => item),
        seen,
      );
    return value.type === 'instance' && !isSubclass(value.cls, moduleClass)
      ? tensorsIn([...value.attributes.entries().values()], seen)
      : [];
  });
}
