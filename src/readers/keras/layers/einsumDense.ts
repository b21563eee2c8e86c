import type { AxisRole, Dim, Op, Shape } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { toDim } from '../../frameworks/sizes';
import type { Value } from '../../python/values';
import { kerasLayer, lastSize, optional, type LayerDefinition, type Using } from './define';

/** The letters of `ab,bc->ac`, those of an ellipsis written out. */
interface Equation {
  readonly input: string;
  readonly weight: string;
  readonly output: string;
}

function equationOf(value: Value, rank: number | undefined): Equation | undefined {
  if (value.type !== 'str' || rank === undefined) return undefined;
  const spelled = /^([a-zA-Z.]+),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(value.value.replaceAll(' ', ''));
  const [, input, weight, output] = spelled ?? [];
  if (input === undefined || weight === undefined || output === undefined) return undefined;
  const letters = input.replace('...', '').length;
  const free = Array.from('0123456789')
    .slice(0, Math.max(0, rank - letters))
    .join('');
  const all = { input: input.replace('...', free), weight, output: output.replace('...', free) };
  return all.input.length === rank ? all : undefined;
}

/** What each letter stands for. `output_shape` leaves out the batch and has `None` where the input tells. */
function sizesOf({ input, output }: Equation, shape: Shape, given: Value): ReadonlyMap<string, Dim> {
  const sizes = new Map<string, Dim>();
  const items = given.type === 'tuple' || given.type === 'list' ? given.items : [given];
  for (const [at, letter] of Array.from(output).reverse().entries()) {
    const item = items.at(-1 - at);
    if (item && item.type !== 'none' && at < items.length) sizes.set(letter, toDim(item));
  }
  for (const [axis, letter] of Array.from(input).entries()) sizes.set(letter, shape[axis] ?? lastSize(undefined));
  return sizes;
}

function roleOf({ input, output }: Equation, letter: string): AxisRole {
  const [before, behind] = [input.includes(letter), output.includes(letter)];
  return before && behind ? 'feature' : before ? 'in' : 'out';
}

function sized(letters: string, sizes: ReadonlyMap<string, Dim>): readonly Dim[] {
  return Array.from(letters, (letter) => sizes.get(letter) ?? lastSize(undefined));
}

/** A linear layer by an equation of Einstein's. */
export const einsumDense: LayerDefinition = {
  name: 'EinsumDense',
  parameters: ['equation', 'output_shape', 'activation', 'bias_axes', 'kernel_initializer', 'bias_initializer'],
  build: ({ args, shape, weight }) => {
    const equation = equationOf(args.value('equation'), shape?.length);
    if (!equation || !shape) return;
    const sizes = sizesOf(equation, shape, args.value('output_shape'));
    weight({
      name: 'kernel',
      shape: sized(equation.weight, sizes),
      role: 'weight',
      axes: Array.from(equation.weight, (letter) => roleOf(equation, letter)),
      initializer: 'kernel_initializer',
      fallback: 'glorot_uniform',
    });
    const biased = args.get('bias_axes');
    if (biased?.type !== 'str') return;
    const first = Math.min(...Array.from(biased.value, (letter) => equation.output.indexOf(letter)));
    const letters = Array.from(equation.output.slice(Math.max(0, first)));
    weight({
      name: 'bias',
      shape: letters.map((letter) => (biased.value.includes(letter) ? (sizes.get(letter) ?? lastSize(undefined)) : 1)),
      role: 'bias',
      axes: letters.map(() => 'out'),
      initializer: 'bias_initializer',
      fallback: 'zeros',
    });
  },
  call: (using) => {
    const { args, shape, activated, opaque } = using;
    const equation = equationOf(args.value('equation'), shape?.length);
    if (!equation || !shape) return opaque('The equation of this layer is not understood.');
    const sizes = sizesOf(equation, shape, args.value('output_shape'));
    return activated(asLinear(equation, sizes, using) ?? asProduct(equation, sizes, using));
  },
};

/** Where the last axes of the input become the last axes of the output, it is a linear layer. */
function asLinear(
  equation: Equation,
  sizes: ReadonlyMap<string, Dim>,
  { args, key, recording, x }: Using,
): Value | undefined {
  const { input, weight, output } = equation;
  const into = Array.from(weight)
    .filter((letter) => roleOf(equation, letter) === 'in')
    .join('');
  const out = Array.from(weight)
    .filter((letter) => roleOf(equation, letter) === 'out')
    .join('');
  const lead = input.slice(0, input.length - into.length);
  const fits =
    into !== '' &&
    out !== '' &&
    weight.length === into.length + out.length &&
    input === lead + into &&
    output === lead + out;
  const biased = args.get('bias_axes');
  if (!fits || (biased?.type === 'str' && biased.value !== out)) return undefined;
  const op: Op = {
    kind: 'linear',
    inFeatures: multiplySizes(sized(into, sizes)),
    outFeatures: multiplySizes(sized(out, sizes)),
    weight: key('kernel') ?? '',
    ...optional('bias', key('bias')),
  };
  const start = lead.length;
  const rows =
    into.length === 1
      ? recording.natural(x)
      : recording.step({ kind: 'flatten', start, end: -1 }, [recording.natural(x)]);
  const result = recording.add(op, [rows]);
  if (out.length === 1) return result;
  const open = sized(lead, sizes).map((size, axis) => (axis === 0 ? -1 : size));
  return recording.add({ kind: 'reshape', shape: [...open, ...sized(out, sizes)] }, [recording.natural(result)]);
}

function asProduct(equation: Equation, sizes: ReadonlyMap<string, Dim>, { key, state, recording, x }: Using): Value {
  const letters = new Map(
    Array.from(new Set(equation.input + equation.weight + equation.output), (letter, at) => [
      letter,
      'abcdefghijklmnopqrstuvwxyz'.charAt(at),
    ]),
  );
  const spelled = (text: string): string => Array.from(text, (letter) => letters.get(letter) ?? letter).join('');
  const weight = recording.step(
    { kind: 'parameter', parameter: key('kernel') ?? '', shape: sized(equation.weight, sizes) },
    [],
  );
  const equationText = `${spelled(equation.input)},${spelled(equation.weight)}->${spelled(equation.output)}`;
  const result = recording.add({ kind: 'einsum', equation: equationText }, [recording.natural(x), weight]);
  const bias = state.variables.get('bias');
  return bias ? recording.joined({ kind: 'add' }, [result, bias]) : result;
}

export const einsumDenseClass = kerasLayer(einsumDense);
