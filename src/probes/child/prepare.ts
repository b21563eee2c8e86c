import {
  parametersByPath,
  product,
  type Network,
  type NodeId,
  type Parameter,
  type ParametersByPath,
} from '../../network';
import { ProbeError } from '../failure';
import type { Backend, InputSource, ProbeProgress, ProbeRequest, WeightSource } from '../protocol';
import type { Model } from './graph';
import { norm } from './float64';
import { gradientOrigin } from './gradientPaths';
import { draw } from './initialize';
import { inputKinds, type InputKind } from './inputKinds';
import { inputValues } from './inputs';
import type { Value } from './operation';
import type { Pace } from './pace';
import { lineOf, refuse, runnable, type Runnable } from './runnable';
import { upload, type Weight } from './weights';

/** What a probe works with beside its request. */
export interface Workshop {
  readonly backend: Backend;
  readonly pace: Pace;
  readonly progress: (progress: ProbeProgress) => void;
}

/** A network ready to run: its weights and one batch of its inputs on the backend. */
export interface Prepared extends Runnable {
  readonly model: Model;
  readonly batch: number;
  /** The values of all inputs. */
  readonly given: ReadonlyMap<NodeId, Value>;
  /** Where gradients that are pulled back end: an input, or the first values that are computed of whole numbers. */
  readonly input: NodeId;
  readonly output: NodeId;
  /** ‖W‖ by parameter path. */
  readonly weightNorms: ReadonlyMap<string, number>;
  /** What the reader of the numbers must know of inputs and outputs. */
  readonly notes: readonly string[];
}

/**
 * Checks the request, draws or takes the weights, and lays them and the inputs on the backend.
 *
 * @throws ProbeError of kind `notProbeable`.
 */
export async function prepare(
  { network, weights, input: source }: ProbeRequest,
  { pace }: Workshop,
): Promise<Prepared> {
  // Of several outputs, the first is what losses are taken of.
  const [output] = network.outputs;
  if (output === undefined) throw refuse(`${network.name} has no output that is known`, network.span);
  const part = runnable(network, [output]);
  const kinds = inputKinds(part.nodes);
  if (kinds.size === 0) throw refuse(`the output of ${network.name} does not depend on an input`, network.span);
  const real = new Set([...kinds].filter(([, { kind }]) => kind === 'real').map(([id]) => id));
  const input = gradientOrigin(part.nodes, real, output);
  if (input === undefined) throw refuse(`no gradient of the output of ${network.name} reaches an input`, network.span);
  const given = inputValues(network, kinds, source);
  const { model, weightNorms } = await load(network, part.parameters, weights, pace);
  const notes = notesOn(network, kinds, source, input);
  return { ...part, model, batch: source.batch, given, input, output, weightNorms, notes };
}

function notesOn(
  network: Network,
  kinds: ReadonlyMap<NodeId, InputKind>,
  source: InputSource,
  input: NodeId,
): readonly string[] {
  const notes: string[] = [];
  const drawn = (wanted: InputKind['kind']) =>
    source.kind === 'gaussian' && [...kinds.values()].some(({ kind }) => kind === wanted);
  if (network.outputs.length > 1) notes.push(`Of ${network.outputs.length} outputs, the first was taken.`);
  if (drawn('tokens')) notes.push('Inputs that are looked up were drawn uniformly from all that there is to look up.');
  if (drawn('mask')) notes.push('Masks masked nothing.');
  const first = network.nodes[input];
  if (first !== undefined && first.op.kind !== 'input')
    notes.push(`No gradient reaches the input: it ends at line ${lineOf(first.span)} (${first.op.kind}).`);
  return notes;
}

/** Lays the weights on the backend. */
export async function load(
  network: Network,
  used: readonly Parameter[],
  weights: WeightSource,
  pace: Pace,
): Promise<{ readonly model: Model; readonly weightNorms: ReadonlyMap<string, number> }> {
  const siblings = parametersByPath(network.parameters);
  const parameters = new Map<string, Weight>();
  const weightNorms = new Map<string, number>();
  for (const parameter of used) {
    const values = await weightsOf(parameter, siblings, weights, pace);
    parameters.set(parameter.path, { parameter, tensor: upload(parameter, values) });
    weightNorms.set(parameter.path, norm(values));
    await pace.breathe();
  }
  const buffers = new Map(weights.kind === 'values' ? Object.entries(weights.values) : []);
  const noiseSeed = weights.kind === 'initial' ? weights.seed : 0;
  return { model: { network, parameters, buffers, noiseSeed }, weightNorms };
}

async function weightsOf(
  parameter: Parameter,
  siblings: ParametersByPath,
  source: WeightSource,
  pace: Pace,
): Promise<Float32Array> {
  if (source.kind === 'initial') return draw(parameter, siblings, source.seed, pace);
  const values = source.values[parameter.path];
  const size = product(parameter.shape) ?? 0;
  if (values?.length === size) return values;
  throw new ProbeError({
    kind: 'notProbeable',
    message:
      values === undefined
        ? `no values were given for ${parameter.path}`
        : `${parameter.path} has ${String(size)} values, and ${String(values.length)} were given`,
    span: parameter.span,
  });
}

/** The seeds of a request, for its result. */
export function seedsOf({ weights, input }: ProbeRequest) {
  return {
    weightSeed: weights.kind === 'initial' ? weights.seed : undefined,
    inputSeed: input.kind === 'gaussian' ? input.seed : undefined,
  };
}
