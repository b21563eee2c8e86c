import type { AxisRole, Dim, Op, Shape } from '../../../network';
import { multiplySizes } from '../../../network/size';
import { optional, type LayerDefinition, type Using } from '../define';
import { isList, toDim, type Settings } from '../settings';
import { LayerTensor } from '../tensor';

/** The letters of `ab,bc->ac`, those of an ellipsis written out. */
interface Equation {
  readonly input: string;
  readonly weight: string;
  readonly output: string;
}

function equationOf(settings: Settings, rank: number | undefined): Equation | undefined {
  const given = settings.get('equation');
  if (typeof given !== 'string' || rank === undefined) return undefined;
  const spelled = /^([a-zA-Z.]+),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(given.replaceAll(' ', ''));
  const [, input, weight, output] = spelled ?? [];
  if (input === undefined || weight === undefined || output === undefined) return undefined;
  const letters = input.replace('...', '').length;
  const free = Array.from('0123456789')
    .slice(0, Math.max(0, rank - letters))
    .join('');
  const all = { input: input.replace('...', free), weight, output: output.replace('...', free) };
  return all.input.length === rank ? all : undefined;
}

type Sizes = ReadonlyMap<string, Dim>;

/** What each letter stands for. `output_shape` leaves out the batch and has `None` where the input tells. */
function sizesOf({ input, output }: Equation, shape: Shape, settings: Settings): Sizes {
  const sizes = new Map<string, Dim>();
  const given = settings.get('output_shape');
  const items = isList(given) ? given : [given];
  for (const [at, letter] of Array.from(output).reverse().entries()) {
    const item = items.at(-1 - at);
    if (item !== undefined && item !== null && at < items.length) sizes.set(letter, toDim(item));
  }
  for (const [axis, letter] of Array.from(input).entries()) sizes.set(letter, shape[axis] ?? settings.input);
  return sizes;
}

function roleOf({ input, output }: Equation, letter: string): AxisRole {
  const [before, behind] = [input.includes(letter), output.includes(letter)];
  return before && behind ? 'feature' : before ? 'in' : 'out';
}

const untold: Dim = { symbol: '?', reason: 'the shape of the input is not known' };

function sized(letters: string, sizes: Sizes): readonly Dim[] {
  return Array.from(letters, (letter) => sizes.get(letter) ?? untold);
}

/** The sizes of a bias: of the axes of the output from its first one on, those that it is shared along being one. */
function biasShape({ output }: Equation, axes: string, sizes: Sizes): Shape {
  const first = Math.min(...Array.from(axes, (letter) => output.indexOf(letter)));
  return Array.from(output.slice(Math.max(0, first)), (letter) =>
    axes.includes(letter) ? (sizes.get(letter) ?? untold) : 1,
  );
}

/** A linear layer by an equation of Einstein's. */
export const einsumDense: LayerDefinition = {
  name: 'EinsumDense',
  parameters: ['equation', 'output_shape', 'activation', 'bias_axes', 'kernel_initializer', 'bias_initializer'],
  build: ({ settings, shape, weight }) => {
    const equation = equationOf(settings, shape?.length);
    if (!equation || !shape) return;
    const sizes = sizesOf(equation, shape, settings);
    weight({
      name: 'kernel',
      shape: sized(equation.weight, sizes),
      role: 'weight',
      axes: Array.from(equation.weight, (letter) => roleOf(equation, letter)),
      initializer: 'kernel_initializer',
      fallback: 'glorot_uniform',
    });
    const biased = settings.get('bias_axes');
    if (typeof biased !== 'string') return;
    const bias = biasShape(equation, biased, sizes);
    weight({
      name: 'bias',
      shape: bias,
      role: 'bias',
      axes: bias.map(() => 'out'),
      initializer: 'bias_initializer',
      fallback: 'zeros',
    });
  },
  call: (using) => {
    const { settings, shape, activated, opaque } = using;
    const equation = equationOf(settings, shape?.length);
    if (!equation || !shape) return opaque('The equation of this layer is not understood.');
    const sizes = sizesOf(equation, shape, settings);
    return activated(asLinear(equation, sizes, using) ?? asProduct(equation, sizes, using));
  },
};

/** Where the last axes of the input become the last axes of the output, it is a linear layer. */
function asLinear(equation: Equation, sizes: Sizes, { settings, key, recording, x }: Using): LayerTensor | undefined {
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
  const biased = settings.get('bias_axes');
  if (!fits || (typeof biased === 'string' && biased !== out)) return undefined;
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

function asProduct(equation: Equation, sizes: Sizes, { settings, key, recording, x }: Using): LayerTensor {
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
  const [bias, biased] = [key('bias'), settings.get('bias_axes')];
  if (bias === undefined || typeof biased !== 'string') return result;
  const shape = biasShape(equation, biased, sizes);
  const added = new LayerTensor(recording.step({ kind: 'parameter', parameter: bias, shape }, []), false);
  return recording.joined({ kind: 'add' }, [result, added]);
}
