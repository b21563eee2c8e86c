import type { Network, Shape } from '../../network';
import { asLimit } from '../evaluation/limits';
import type { Directive } from '../frameworks/directive';
import { toldShapes } from '../frameworks/inputShapes';
import type { Root } from '../frameworks/roots';
import { assemble, type Ends, type Held } from '../keras/assemble';
import { solveShape } from '../keras/solve';
import { symbolic, tensorsIn, variableState } from '../keras/tensor';
import type { Owner, Step } from '../kerasLayers/graph';
import { findInClass } from '../python/attributes';
import type { Interpreter } from '../python/interpreter';
import { Raised } from '../python/raised';
import { bool, InstanceValue, unknown, type Call, type Value } from '../python/values';
import { spanOf } from '../text/source';
import { ArrayRecording, placeholder } from './array';
import { linenState, pathOf } from './linen/state';
import { originalOf } from './module';
import { walk } from './nnx/variables';
import type { FlaxSession } from './session';

/** Read one model: its graph, and its variables with their paths. What this changes is taken back. */
export function buildNetwork(
  interpreter: Interpreter,
  session: FlaxSession,
  root: Root,
  directives: readonly Directive[],
): Network {
  const told = toldShapes(session, root, directives);
  const inputs = inputsOf(root.instance, told.length);
  const tensors = inputs.filter(({ given }) => given === undefined);
  const shapes = tensors.map(({ place }) => told[place]);
  const alone = <T>(run: () => T): T => {
    const { outcome } = interpreter.journal.attempt(run);
    if (outcome.kind === 'thrown') throw outcome.error;
    return outcome.result;
  };
  const solved = shapes.every((shape) => shape)
    ? shapes
    : alone(() => {
        const ends = follow(interpreter, session, root, inputs, shapes);
        return shapes.map((shape, at) => shape ?? solveShape(ends.outputs, ends.inputs[at]));
      });
  return alone(() => {
    const ends = follow(interpreter, session, root, inputs, solved);
    return assemble({ root, framework: 'flax', ends, ...heldBy(root.instance), losses: [] });
  });
}

/** The variables of a model that has been followed, and how its modules are spelled. */
function heldBy(root: InstanceValue): {
  readonly variables: readonly Held[];
  readonly pathOf: (owner: Owner | undefined) => string;
} {
  const linen = linenState(root);
  if (linen) {
    const variables = [...linen.variables.entries()].flatMap(([path, value]) => {
      const state = variableState(value);
      return state && value.type === 'instance' ? [{ state, path, span: spanOf(value.site) }] : [];
    });
    return { variables, pathOf: (owner) => (owner?.layer instanceof InstanceValue ? pathOf(owner.layer) : '') };
  }
  const { variables, modules } = walk(root);
  return {
    variables: variables.map(({ state, path, variable }) => ({ state, path, span: spanOf(variable.site) })),
    pathOf: (owner) => (owner?.layer instanceof InstanceValue ? (modules.get(owner.layer) ?? '') : ''),
  };
}

/** One parameter of `__call__`: an array, or what it is given instead. */
interface Input {
  readonly name: string;
  /** Which parameter it is. */
  readonly place: number;
  readonly given: Value | undefined;
}

/** Models are read as they are trained. */
const modes: Readonly<Record<string, Value>> = {
  train: bool(true),
  training: bool(true),
  is_training: bool(true),
  deterministic: bool(false),
  eval: bool(false),
};

/** The parameters that need something: those without a default, and as many more as are called with an example. */
function inputsOf({ cls }: InstanceValue, told: number): readonly Input[] {
  const method = originalOf(findInClass(cls, '__call__'));
  if (!method) return [{ name: 'x', place: 0, given: undefined }];
  const parameters = method.parameters.slice(1).filter(({ kind }) => kind === 'positional' || kind === 'keywordOnly');
  return parameters.flatMap(({ name, fallback }, place): readonly Input[] => {
    const wanted = !fallback || (place < told && modes[name] === undefined);
    return wanted ? [{ name, place, given: modes[name] ?? (isRandom(name) ? unknownKey : undefined) }] : [];
  });
}

const isRandom = (name: string): boolean => /(^|_)(rngs?|key)$/.test(name);
const unknownKey = unknown('key', 'is a key of random numbers');

/** Call the model on inputs of these shapes. Whatever happens in it, there is a graph. */
function follow(
  interpreter: Interpreter,
  session: FlaxSession,
  root: Root,
  inputs: readonly Input[],
  shapes: readonly (Shape | undefined)[],
): Ends {
  const { instance, site } = root;
  const call: Call = { interpreter, positional: [], keywords: new Map(), site };
  let next = 0;
  const values = inputs.map(({ name, given }) => given ?? placeholder(name, shapes[next++], site));
  const arrays = values.filter((value) => symbolic(value));
  const state = linenState(instance);
  if (state) {
    interpreter.journal.beforeChange(state);
    state.bound = true;
  }
  interpreter.site = site;
  session.following = true;
  session.owner = undefined;
  let result: Value;
  try {
    result = interpreter.call(instance, {
      positional: [],
      keywords: new Map(inputs.map(({ name }, at) => [name, values[at] ?? unknownKey])),
    });
  } catch (error) {
    const reason = error instanceof Raised ? error : asLimit(error);
    if (!reason) throw error;
    if (error instanceof Raised) session.note('contradiction', error.message, error.site);
    const message =
      error instanceof Raised ? error.message : `\`__call__\` is not followed to its end: ${reason.message}.`;
    result = new ArrayRecording(call, false).opaque(message, arrays, 'those behind what is followed');
  } finally {
    session.following = false;
    session.owner = undefined;
  }
  return {
    inputs: arrays.flatMap((value) => symbolic(value)?.step ?? []),
    outputs: outputsOf(result, call),
  };
}

function outputsOf(result: Value, call: Call): readonly Step[] {
  const recording = new ArrayRecording(call, false);
  const arrays = tensorsIn([result]);
  return arrays.length > 0 ? arrays.map((array) => recording.natural(array)) : [recording.natural(result)];
}
