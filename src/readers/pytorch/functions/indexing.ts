import { addSizes, isKnown, sameDim, type Dim, type Shape } from '../../../network';
import { int, numberOf, type Call, type SliceValue, type Value } from '../../python/values';
import { computed, describeContent } from '../constants/content';
import { broadcastTo } from '../constants/numberArray';
import { shapeOfTensor } from '../queries';
import { toDim } from '../../frameworks/sizes';
import { tensorState } from '../tensor';
import { constantOf } from '../constants/state';
import { arrayOf, asConstant, compute, makeConstant, traceOf } from './compute';
import { numberKindOf } from './numberKind';
import { toTensor } from './creation';

/** A part of a tensor that is not understood. */
class NotUnderstood extends Error {}

/** One tensor on its way through an index, and the axis that is next. */
interface Walk {
  readonly x: Value;
  readonly axis: number;
}

/** `x[index]`. */
export function item(x: Value, index: Value, call: Call): Value {
  try {
    return new Indexing(call).item(x, index);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    const inputs = [x, ...tensorsOf(index)];
    return (
      traceOf(call)?.opaque(error.message, inputs, call.site) ?? call.interpreter.unknown('[…]', 'is not understood')
    );
  }
}

/** What `x` is after `x[index] = value`; undefined where that is not understood. */
export function withItem(x: Value, index: Value, value: Value, call: Call): Value | undefined {
  try {
    return new Indexing(call).withItem(x, index, value);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return traceOf(call)?.opaque(error.message, [x, value, ...tensorsOf(index)], call.site);
  }
}

function tensorsOf(index: Value): readonly Value[] {
  return (index.type === 'tuple' ? index.items : [index]).filter((one) => tensorState(one));
}

class Indexing {
  constructor(private readonly call: Call) {}

  item(x: Value, index: Value): Value {
    const items = this.#items(x, index);
    const advanced = items.flatMap((one, place) => (this.#isAdvanced(one) ? [place] : []));
    const [first, last] = [advanced[0], advanced.at(-1)];
    if (first === undefined || last === undefined) return this.#walk(x, items);
    // Numbers beside tensors pick together with them; what stands apart would change the order of the axes.
    const whole = (one: Value | undefined): boolean => numberOf(one) !== undefined && one?.type !== 'bool';
    let [from, to] = [first, last];
    while (whole(items[from - 1])) from--;
    while (whole(items[to + 1])) to++;
    const together = items.slice(from, to + 1);
    if (together.some((one) => !this.#isAdvanced(one) && !whole(one)))
      throw new NotUnderstood('Tensors that pick elements stand apart from each other in this index.');
    const before = this.#walkOn({ x, axis: 0 }, items.slice(0, from));
    const picked = this.#pick(before, together);
    return this.#walkOn(picked, items.slice(to + 1)).x;
  }

  /** The index as one entry an axis, as far as it goes: `...` is written out. */
  #items(x: Value, index: Value): readonly Value[] {
    const items = index.type === 'tuple' ? index.items : [index];
    const open = items.findIndex((one) => one.type === 'ellipsis');
    if (open < 0) return items;
    const rank = shapeOfTensor(x, this.call)?.length;
    if (rank === undefined && open < items.length - 1)
      throw new NotUnderstood('A part of a tensor is taken here whose number of axes is not known.');
    const taken = items.reduce((count, one) => count + this.#axesOf(one), 0);
    const rest = Array.from({ length: Math.max(0, (rank ?? taken) - taken) }, (): Value => whole);
    return [...items.slice(0, open), ...rest, ...items.slice(open + 1)];
  }

  #axesOf(one: Value): number {
    if (one.type === 'none' || one.type === 'ellipsis' || one.type === 'bool') return 0;
    return this.#isMask(one) ? (shapeOfTensor(one, this.call)?.length ?? 1) : 1;
  }

  #isAdvanced(one: Value): boolean {
    return tensorState(one) !== undefined || one.type === 'list';
  }

  #isMask(one: Value): boolean {
    return tensorState(one) !== undefined && numberKindOf(one, traceOf(this.call)) === 'bool';
  }

  #walk(x: Value, items: readonly Value[]): Value {
    return this.#walkOn({ x, axis: 0 }, items).x;
  }

  #walkOn(start: Walk, items: readonly Value[]): Walk {
    return items.reduce<Walk>((walk, one) => this.#step(walk, one), start);
  }

  #step({ x, axis }: Walk, one: Value): Walk {
    if (one.type === 'none') return { x: this.#op({ kind: 'unsqueeze', axis }, x), axis: axis + 1 };
    if (one.type === 'slice') return { x: this.#sliced(x, axis, one), axis: axis + 1 };
    if (one.type === 'ellipsis') return { x, axis };
    if (one.type === 'bool') throw new NotUnderstood('A truth value as an index is not understood.');
    const place = numberOf(one) ?? (one.type === 'unknown' ? toDim(one) : undefined);
    if (place === undefined) throw new NotUnderstood('This index is not understood.');
    return { x: this.#selected(x, axis, place), axis };
  }

  #selected(x: Value, axis: number, place: Dim): Value {
    const size = shapeOfTensor(x, this.call)?.[axis];
    const from = isKnown(place) && place < 0 && isKnown(size) ? place + size : place;
    const end = from === -1 ? undefined : addSizes([from, 1]);
    const piece = this.#op({ kind: 'slice', axis, start: from, ...(end === undefined ? {} : { end }), step: 1 }, x);
    return this.#op({ kind: 'squeeze', axes: [axis] }, piece);
  }

  #sliced(x: Value, axis: number, slice: SliceValue): Value {
    const { start, end, step } = bounds(slice);
    const size = shapeOfTensor(x, this.call)?.[axis];
    if (start === 0 && step === 1 && (end === undefined || (size !== undefined && reaches(end, size)))) return x;
    return this.#op({ kind: 'slice', axis, start, ...(end === undefined ? {} : { end }), step }, x);
  }

  /** Whole numbers (or truth values) pick along the next axes, one tensor an axis. */
  #pick({ x, axis }: Walk, together: readonly Value[]): Walk {
    const [mask] = together;
    if (mask && together.length === 1 && this.#isMask(mask)) return this.#masked({ x, axis }, mask);
    if (together.some((one) => this.#isMask(one)))
      throw new NotUnderstood('Truth values pick elements here together with others.');
    const shape = shapeOfTensor(x, this.call);
    if (together.some((one) => !this.#isWhole(one, x)))
      throw new NotUnderstood('Whether whole numbers or truth values pick elements here is not known.');
    const [only] = together;
    if (together.length === 1 && only) {
      const indices = this.#tensor(only);
      const rank = shapeOfTensor(indices, this.call)?.length;
      const picked = this.#op({ kind: 'gather', axis }, x, indices);
      return { x: picked, axis: axis + (rank ?? 1) };
    }
    const byRow = this.#pickByRow({ x, axis }, together);
    if (byRow) return byRow;
    const sizes = shape?.slice(axis, axis + together.length);
    const known = sizes?.slice(1).filter(isKnown);
    if (!sizes || known?.length !== together.length - 1)
      throw new NotUnderstood('Several tensors pick elements here along axes whose sizes are not known.');
    // The axes become one, and the places in it are counted row by row.
    const strides = sizes.map((_, at) => known.slice(at).reduce((all, size) => all * size, 1));
    const flat = this.#op({ kind: 'flatten', start: axis, end: axis + together.length - 1 }, x);
    const terms = together.map((one, at) => {
      const number = numberOf(one);
      const size = sizes[at];
      if (number !== undefined) return int((number < 0 && isKnown(size) ? number + size : number) * (strides[at] ?? 1));
      return this.#op({ kind: 'affine', factor: strides[at] ?? 1, offset: 0 }, this.#tensor(one));
    });
    const places = terms.reduce((all, term) => {
      const [a, b] = [numberOf(all), numberOf(term)];
      if (a !== undefined && b !== undefined) return int(a + b);
      if (b !== undefined) return this.#op({ kind: 'affine', factor: 1, offset: b }, all);
      if (a !== undefined) return this.#op({ kind: 'affine', factor: 1, offset: a }, term);
      return this.#op({ kind: 'add' }, all, term);
    });
    const rank = shapeOfTensor(places, this.call)?.length ?? 1;
    return { x: this.#op({ kind: 'gather', axis }, flat, places), axis: axis + rank };
  }

  /** `x[torch.arange(len(x)), places]`: of each row what stands at its own place. Undefined for all other picks. */
  #pickByRow({ x, axis }: Walk, [rows, places, ...more]: readonly Value[]): Walk | undefined {
    const [count, size, ...rest] = shapeOfTensor(x, this.call) ?? [];
    if (axis !== 0 || !rows || !places || more.length > 0 || count === undefined || size === undefined)
      return undefined;
    if (!this.#countsAll(rows, count)) return undefined;
    const place = numberOf(places);
    if (place !== undefined) return { x: this.#selected(x, 1, place), axis: 1 };
    const indices = this.#tensor(places);
    if (shapeOfTensor(indices, this.call)?.length !== 1) return undefined;
    const wide = this.#op({ kind: 'reshape', shape: [count, 1, ...rest.map(() => 1)] }, indices);
    const spread = rest.length > 0 ? this.#op({ kind: 'expand', shape: [count, 1, ...rest] }, wide) : wide;
    const picked = this.#op({ kind: 'takeAlong', axis: 1 }, x, spread);
    return { x: this.#op({ kind: 'squeeze', axes: [1] }, picked), axis: 1 };
  }

  /** Whether a tensor is 0, 1, 2, … up to all of so many. */
  #countsAll(one: Value, count: Dim): boolean {
    const tensor = this.#tensor(one);
    const state = asConstant(tensor);
    const op = state
      ? { kind: 'constant' as const, shape: state.shape, content: describeContent(constantOf(state)) }
      : traceOf(this.call)?.opOf(tensor);
    if (op?.kind !== 'constant' || op.content.kind !== 'range') return false;
    const [own] = op.shape ?? [];
    return op.content.start === 0 && op.content.step === 1 && own !== undefined && sameDim(own, count);
  }

  /** Of a mask that is known, the places; else even the number of elements is not known. */
  #masked({ x, axis }: Walk, mask: Value): Walk {
    const known = arrayOf(mask);
    if (!known) throw new NotUnderstood('How many elements fulfil this condition is not known.');
    const places = Float64Array.from(Array.from(known.values).flatMap((value, at) => (value !== 0 ? [at] : [])));
    const flat =
      known.sizes.length === 1 ? x : this.#op({ kind: 'flatten', start: axis, end: axis + known.sizes.length - 1 }, x);
    const indices = makeConstant(
      { shape: [places.length], content: computed(() => places, 'places') },
      'int',
      this.call.site,
    );
    return { x: this.#op({ kind: 'gather', axis }, flat, indices), axis: axis + 1 };
  }

  /** An input of the model picks rows of a table of the model, as whole numbers do. */
  #isWhole(one: Value, x: Value): boolean {
    const kind = numberKindOf(one, traceOf(this.call));
    if (kind !== undefined) return kind === 'int' || one.type === 'list' || numberOf(one) !== undefined;
    const table = traceOf(this.call)?.opOf(x)?.kind;
    return tensorState(x)?.kind !== 'node' || table === 'parameter' || table === 'constant';
  }

  #tensor(one: Value): Value {
    return tensorState(one) ? one : toTensor(one, this.call);
  }

  #op(op: Parameters<typeof compute>[0], ...inputs: readonly Value[]): Value {
    return compute(op, inputs, this.call);
  }

  withItem(x: Value, index: Value, value: Value): Value | undefined {
    return (
      this.#computedWith(x, index, value) ??
      this.#maskedWith(x, index, value) ??
      this.#placed(x, this.#items(x, index), 0, value)
    );
  }

  /** Numbers that are set in numbers. */
  #computedWith(x: Value, index: Value, value: Value): Value | undefined {
    const [into, from] = [arrayOf(x), arrayOf(value)];
    if (!into || !from) return undefined;
    const count = into.values.length;
    const all = makeConstant(
      { shape: into.sizes, content: computed(() => Float64Array.from({ length: count }, (_, at) => at), 'places') },
      'int',
      this.call.site,
    );
    const places = arrayOf(this.item(all, index));
    if (!places) return undefined;
    const values = Float64Array.from(into.values);
    const set = broadcastTo(from, places.sizes);
    for (const [at, place] of places.values.entries()) values[place] = set[at] ?? 0;
    const kind = numberKindOf(x, undefined) ?? 'float';
    return makeConstant({ shape: into.sizes, content: computed(() => values, 'it is set') }, kind, this.call.site);
  }

  /** `x[mask] = number` */
  #maskedWith(x: Value, index: Value, value: Value): Value | undefined {
    if (!this.#isMask(index)) return undefined;
    const [rank, own] = [shapeOfTensor(index, this.call)?.length, shapeOfTensor(x, this.call)?.length];
    if (rank === undefined || own === undefined || shapeOfTensor(value, this.call)?.length !== 0)
      throw new NotUnderstood('What is set here where a condition holds is not understood.');
    let mask = index;
    for (let axis = rank; axis < own; axis++) mask = this.#op({ kind: 'unsqueeze', axis }, mask);
    return this.#op({ kind: 'where' }, mask, value, x);
  }

  /** A part that is one run of each axis is put between what stands before and behind it. */
  #placed(x: Value, items: readonly Value[], axis: number, value: Value): Value {
    const [one, ...rest] = items;
    const shape = shapeOfTensor(x, this.call);
    if (!shape) throw new NotUnderstood('A part of a tensor is set here whose sizes are not known.');
    if (!one) return this.#expanded(value, shape);
    const size = shape[axis];
    if (size === undefined || this.#isAdvanced(one) || one.type === 'none' || one.type === 'bool')
      throw new NotUnderstood('The part of a tensor that is set here is not understood.');
    const piece = one.type === 'slice' ? bounds(one) : { start: toDim(one), end: undefined, step: 1 };
    if (
      one.type === 'slice' &&
      piece.start === 0 &&
      piece.step === 1 &&
      (piece.end === undefined || reaches(piece.end, size))
    )
      return this.#placed(x, rest, axis + 1, value);
    if (piece.step !== 1) throw new NotUnderstood('Every other element is set here, which is not understood.');
    const start = isKnown(piece.start) && piece.start < 0 ? addSizes([size, piece.start]) : piece.start;
    const end = one.type === 'slice' ? fromFront(piece.end, size) : addSizes([start, 1]);
    const middle = this.#op({ kind: 'slice', axis, start, end, step: 1 }, x);
    const set =
      one.type === 'slice'
        ? this.#placed(middle, rest, axis + 1, value)
        : this.#op(
            { kind: 'unsqueeze', axis },
            this.#placed(this.#op({ kind: 'squeeze', axes: [axis] }, middle), rest, axis, value),
          );
    const before = start === 0 ? [] : [this.#op({ kind: 'slice', axis, start: 0, end: start, step: 1 }, x)];
    const after = reaches(end, size) ? [] : [this.#op({ kind: 'slice', axis, start: end, step: 1 }, x)];
    const all = [...before, set, ...after];
    return all.length === 1 ? set : this.#op({ kind: 'concat', axis }, ...all);
  }

  #expanded(value: Value, shape: Shape): Value {
    const tensor = tensorState(value) ? value : toTensor(value, this.call);
    const own = shapeOfTensor(tensor, this.call);
    const same = own?.length === shape.length && own.every((size, axis) => sameDim(size, shape[axis] ?? 0));
    return same ? tensor : this.#op({ kind: 'expand', shape }, tensor);
  }
}

const whole: SliceValue = { type: 'slice', lower: { type: 'none' }, upper: { type: 'none' }, step: { type: 'none' } };

function bounds({ lower, upper, step }: SliceValue): { start: Dim; end: Dim | undefined; step: number } {
  const by = step.type === 'none' ? 1 : numberOf(step);
  if (by === undefined || by < 1) throw new NotUnderstood('The step of this slice is not understood.');
  return {
    start: lower.type === 'none' ? 0 : boundOf(lower),
    end: upper.type === 'none' ? undefined : boundOf(upper),
    step: by,
  };
}

function boundOf(value: Value): Dim {
  if (numberOf(value) === undefined && value.type !== 'unknown')
    throw new NotUnderstood('A bound of this slice is not understood.');
  return toDim(value);
}

/** Whether a bound is the end of the axis. */
function reaches(end: Dim, size: Dim): boolean {
  return sameDim(end, size) || (isKnown(end) && isKnown(size) && end >= size);
}

function fromFront(end: Dim | undefined, size: Dim): Dim {
  if (end === undefined) return size;
  return isKnown(end) && end < 0 ? addSizes([size, end]) : end;
}
