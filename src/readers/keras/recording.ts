import type { Op, Shape } from '../../network';
import { isElements } from '../python/operators';
import { symbolOf } from '../python/truth';
import { numberOf, reasonOf, type Call, type InstanceValue, type Value } from '../python/values';
import type { Owner, Step } from '../kerasLayers/graph';
import { Recording as TensorRecording } from '../kerasLayers/recording';
import { LayerTensor } from '../kerasLayers/tensor';
import { kerasSession } from './session';
import { makeTensor, symbolic, variableState } from './tensor';

/** Where in a model the reading stands: the layers whose `call` is open. */
export interface Position {
  readonly owner: Owner | undefined;
  /** Counts the operations that are recorded. */
  progress: number;
}

/** Adds operations to the graph for one call in the source: on values of the language, in the place of tensors. */
export class Recording {
  /** The same, on tensors. */
  readonly tensors: TensorRecording;

  /** @param isLayer whether the layer whose `call` is open is what is called; else it is a function that it uses. */
  constructor(
    readonly call: Call,
    isLayer: boolean,
    position: Position = kerasSession(call.interpreter),
  ) {
    position.progress++;
    this.tensors = new TensorRecording({ owner: position.owner, isLayer, site: call.site });
  }

  /** A step as a value of the language. */
  tensor(made: Step, channelsFirst = false): InstanceValue {
    return makeTensor(made, channelsFirst, this.call.site);
  }

  value({ step, channelsFirst }: LayerTensor): InstanceValue {
    return this.tensor(step, channelsFirst);
  }

  /** What a value is in the graph; something that is none gives an opaque operation. */
  operand(value: Value): LayerTensor {
    return symbolic(value) ?? new LayerTensor(this.#constant(value), false);
  }

  /** Add an operation on values that are stored as it expects them. `channelsFirst` tells how its result is stored. */
  add(op: Op, inputs: readonly Step[], channelsFirst = false): InstanceValue {
    return this.value(this.tensors.add(op, inputs, channelsFirst));
  }

  step(op: Op, inputs: readonly Step[]): Step {
    return this.tensors.step(op, inputs);
  }

  /** The value with its axes in Keras' order. */
  natural(value: Value): Step {
    return this.tensors.natural(this.operand(value));
  }

  /** The value with its last axis, that of channels, as axis 1. */
  first(value: Value): Step {
    return this.tensors.first(this.operand(value));
  }

  /** An operation that treats every element alike: its result is stored as its input is. */
  pointwise(op: Op, x: Value): InstanceValue {
    return this.value(this.tensors.pointwise(op, this.operand(x)));
  }

  /** An operation, element by element, of several tensors. */
  joined(op: Op, inputs: readonly Value[]): InstanceValue {
    const { steps, channelsFirst } = this.alike(inputs);
    return this.add(op, steps, channelsFirst);
  }

  /** Tensors stored in one way. What is no tensor yet, a variable, is broadcast in Keras' order. */
  alike(inputs: readonly Value[]): ReturnType<TensorRecording['alike']> {
    const tensors = inputs.map(symbolic);
    const known = tensors.filter((tensor) => tensor !== undefined);
    return known.length === inputs.length
      ? this.tensors.alike(known)
      : { steps: inputs.map((input) => this.natural(input)), channelsFirst: false };
  }

  /** Something that is not understood; it depends on those of the inputs that are in the graph. */
  opaque(reason: string, inputs: readonly Value[], unlisted?: string): InstanceValue {
    const known = inputs.flatMap((input) => symbolic(input) ?? []);
    return this.value(this.tensors.opaque(reason, known, unlisted));
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
