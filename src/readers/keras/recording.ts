import type { Op, Shape } from '../../network';
import { isElements } from '../python/operators';
import { symbolOf } from '../python/truth';
import { numberOf, reasonOf, type Call, type InstanceValue, type Value } from '../python/values';
import { step, type Origin, type Owner, type Step } from './graph';
import { kerasSession } from './session';
import { makeTensor, symbolic, toFirst, toLast, variableState } from './tensor';

/** Where in a model the reading stands: the layers whose `call` is open. */
export interface Position {
  readonly owner: Owner | undefined;
  /** Counts the operations that are recorded. */
  progress: number;
}

/** Adds operations to the graph for one call in the source. */
export class Recording {
  readonly #origin: Origin;

  /** @param isLayer whether the layer whose `call` is open is what is called; else it is a function that it uses. */
  constructor(
    readonly call: Call,
    isLayer: boolean,
    position: Position = kerasSession(call.interpreter),
  ) {
    position.progress++;
    this.#origin = { owner: position.owner, isLayer, site: call.site };
  }

  /** A step as a value of the language. */
  tensor(made: Step, channelsFirst = false): InstanceValue {
    return makeTensor(made, channelsFirst, this.call.site);
  }

  /** Add an operation on values that are stored as it expects them. `channelsFirst` tells how its result is stored. */
  add(op: Op, inputs: readonly Step[], channelsFirst = false): InstanceValue {
    const made = this.step(op, inputs);
    return this.tensor(made, channelsFirst && made.shape !== undefined && made.shape.length > 2);
  }

  step(op: Op, inputs: readonly Step[]): Step {
    return step(op, inputs, this.#origin);
  }

  /** The value with its axes in Keras' order. */
  natural(value: Value): Step {
    const tensor = symbolic(value);
    if (!tensor) return this.#constant(value);
    const rank = tensor.step.shape?.length;
    if (!tensor.channelsFirst || rank === undefined) return tensor.step;
    return this.step({ kind: 'permute', axes: toLast(rank) }, [tensor.step]);
  }

  /** The value with its last axis, that of channels, as axis 1. */
  first(value: Value): Step {
    const tensor = symbolic(value);
    if (!tensor) return this.#constant(value);
    const rank = tensor.step.shape?.length;
    if (tensor.channelsFirst || rank === undefined || rank < 3) return tensor.step;
    return this.step({ kind: 'permute', axes: toFirst(rank) }, [tensor.step]);
  }

  /** An operation that treats every element alike: its result is stored as its input is. */
  pointwise(op: Op, x: Value): InstanceValue {
    const tensor = symbolic(x);
    return tensor ? this.add(op, [tensor.step], tensor.channelsFirst) : this.add(op, [this.natural(x)]);
  }

  /** An operation, element by element, of several tensors. */
  joined(op: Op, inputs: readonly Value[]): InstanceValue {
    const { steps, channelsFirst } = this.alike(inputs);
    return this.add(op, steps, channelsFirst);
  }

  /** Tensors stored in one way: with channels first, where one of them is and all have as many axes. */
  alike(inputs: readonly Value[]): { readonly steps: readonly Step[]; readonly channelsFirst: boolean } {
    const tensors = inputs.map(symbolic);
    const ranks = new Set(tensors.map((tensor) => tensor?.step.shape?.length));
    const channelsFirst = ranks.size === 1 && !ranks.has(undefined) && tensors.some((tensor) => tensor?.channelsFirst);
    return { steps: inputs.map((input) => (channelsFirst ? this.first(input) : this.natural(input))), channelsFirst };
  }

  /** Something that is not understood; it depends on those of the inputs that are in the graph. */
  opaque(reason: string, inputs: readonly Value[], unlisted?: string): InstanceValue {
    const nodes = inputs.flatMap((input) => symbolic(input)?.step ?? []);
    return this.tensor(step({ kind: 'opaque', reason }, nodes, this.#origin, unlisted));
  }

  #constant(value: Value): Step {
    const variable = variableState(value);
    if (variable) {
      if (!variable.trained)
        return this.step(
          {
            kind: 'constant',
            shape: variable.shape,
            content: { kind: 'buffer', path: variable.key },
            path: variable.key,
          },
          [],
        );
      return this.step({ kind: 'parameter', parameter: variable.key, shape: variable.shape }, []);
    }
    const numbers = this.#numbers(value);
    if (numbers)
      return this.step(
        { kind: 'constant', shape: numbers.shape, content: { kind: 'values', values: numbers.values } },
        [],
      );
    const reason =
      value.type === 'unknown' ? `${reasonOf(value)}.` : `\`${symbolOf(value)}\` is used as a tensor here.`;
    return this.step({ kind: 'opaque', reason }, []);
  }

  /** A number, or a list of numbers. */
  #numbers(value: Value): { readonly shape: Shape; readonly values: readonly number[] } | undefined {
    const number = numberOf(value);
    if (number !== undefined) return { shape: [], values: [number] };
    if (value.type !== 'tuple' && value.type !== 'list') return undefined;
    const elements = this.call.interpreter.iterate(value);
    const values = isElements(elements) ? elements.map(numberOf) : [undefined];
    const known = values.filter((one) => one !== undefined);
    return known.length === values.length ? { shape: [known.length], values: known } : undefined;
  }
}
