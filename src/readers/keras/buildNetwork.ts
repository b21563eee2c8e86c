import type { Network, Shape } from '../../network';
import { asLimit } from '../evaluation/limits';
import type { Directive } from '../frameworks/directive';
import { toldShapes } from '../frameworks/inputShapes';
import type { Root } from '../frameworks/roots';
import { findInClass } from '../python/attributes';
import type { Interpreter } from '../python/interpreter';
import { Raised } from '../python/raised';
import { InstanceValue, type Call, type Value } from '../python/values';
import { spanOf } from '../text/source';
import { assemble, type Ends } from './assemble';
import type { Owner, Step } from '../kerasLayers/graph';
import { variablesOf } from './held';
import { layerState } from './layerState';
import { placeholder } from './models';
import { Recording } from './recording';
import type { KerasSession } from './session';
import { solveShape } from './solve';
import { symbolic, tensorsIn, variableState } from './tensor';
import type { VariableState } from './variable';

/** Read one model: its graph, and its variables as they stand after everything that initialises them. */
export function buildNetwork(
  interpreter: Interpreter,
  session: KerasSession,
  root: Root,
  directives: readonly Directive[],
): Network {
  const { instance } = root;
  const ends = endsOf(interpreter, session, root, directives);
  const variables = variablesOf(instance).flatMap((one) => {
    const state = variableState(one);
    return state ? [{ state, span: spanOf(one.site) }] : [];
  });
  const spelled = spellings(variables.map(({ state }) => state));
  return assemble({
    root,
    framework: 'keras',
    ends,
    variables: variables.map(({ state, span }) => ({ state, span, path: spelled.get(state.key) ?? state.path })),
    pathOf,
    losses: session.losses
      .filter(({ model }) => model === instance)
      .map(({ kind, site }) => ({ kind, span: spanOf(site) })),
  });
}

/** How each variable is spelled: as Keras does, unless another of the same model is spelled alike. */
function spellings(variables: readonly VariableState[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { path } of variables) counts.set(path, (counts.get(path) ?? 0) + 1);
  return new Map(variables.map(({ key, path }) => [key, counts.get(path) === 1 ? path : key]));
}

function pathOf(owner: Owner | undefined): string {
  const state = owner?.layer instanceof InstanceValue ? layerState(owner.layer) : undefined;
  return state?.path ?? state?.name ?? '';
}

/** The graph of a functional model, or what `call` computes from inputs of the shapes that are told or solved. */
function endsOf(interpreter: Interpreter, session: KerasSession, root: Root, directives: readonly Directive[]): Ends {
  const state = layerState(root.instance);
  if (state?.graph) {
    const { inputSteps, outputs } = state.graph;
    return { inputs: inputSteps, outputs: outputSteps(outputs, root, interpreter) };
  }
  const told = toldShapes(session, root, directives);
  const count = Math.max(1, told.length, inputNames(root.instance).length);
  const shapes = Array.from({ length: count }, (_, at) => told[at]);
  if (shapes.every((shape) => shape)) return follow(interpreter, session, root, shapes);
  // What is built without shapes is taken back: it tells only what the first layers ask for.
  const { outcome } = interpreter.journal.attempt(() => follow(interpreter, session, root, shapes));
  if (outcome.kind === 'thrown') throw outcome.error;
  const { inputs, outputs } = outcome.result;
  const solved = shapes.map((shape, at) => shape ?? solveShape(outputs, inputs[at]));
  return follow(interpreter, session, root, solved);
}

/** Call the model on inputs of these shapes. Whatever happens in it, there is a graph. */
function follow(
  interpreter: Interpreter,
  session: KerasSession,
  root: Root,
  shapes: readonly (Shape | undefined)[],
): Ends {
  const { instance, site } = root;
  const call: Call = { interpreter, positional: [], keywords: new Map(), site };
  const names = inputNames(instance);
  const inputs = shapes.map((shape, at) => placeholder(names[at] ?? 'input', shape, call));
  const { owner, scopes } = session;
  interpreter.site = site;
  let result: Value;
  try {
    result = interpreter.apply(instance, ...inputs);
  } catch (error) {
    const reason = error instanceof Raised ? error : asLimit(error);
    if (!reason) throw error;
    const message = error instanceof Raised ? error.message : `\`call\` is not followed to its end: ${reason.message}.`;
    if (error instanceof Raised) session.note('contradiction', error.message, error.site);
    result = new Recording(call, false).opaque(message, inputs);
  } finally {
    Object.assign(session, { owner, scopes });
  }
  return {
    inputs: inputs.flatMap((input) => symbolic(input)?.step ?? []),
    outputs: outputSteps(result, root, interpreter),
  };
}

/** The parameters of `call` that need a tensor: those without a default. */
function inputNames({ cls }: InstanceValue): readonly string[] {
  const method = findInClass(cls, 'call');
  if (method?.type !== 'function') return ['input'];
  return method.parameters
    .slice(1)
    .filter(({ name, kind, fallback }) => kind === 'positional' && !fallback && name !== 'training' && name !== 'mask')
    .map(({ name }) => name);
}

/** The outputs with their axes in Keras' order. */
function outputSteps(outputs: Value, { site }: Root, interpreter: Interpreter): readonly Step[] {
  const call: Call = { interpreter, positional: [], keywords: new Map(), site };
  const tensors = tensorsIn([outputs]);
  const recording = new Recording(call, false);
  return tensors.length > 0 ? tensors.map((tensor) => recording.natural(tensor)) : [recording.natural(outputs)];
}
