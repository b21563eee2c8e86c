import type { Network, NodeId, Shape } from '../../network';
import type { Interpreter } from '../python/interpreter';
import { asLimit, type Exhausted } from '../evaluation/limits';
import { Raised } from '../python/raised';
import type { Site } from '../text/source';
import { none, type Value } from '../python/values';
import { tensorsIn } from './functions/define';
import { moduleState } from './module';
import type { Graph } from './inputs';
import type { Paths } from './paths';
import type { Root } from '../frameworks/roots';
import { sessionOf } from './session';
import { tensorState } from './tensor';
import { Enough, Trace } from './trace';

/** The graph of a model, before its inputs and its dead ends have been looked at. */
export type Followed = Pick<Network, 'nodes' | 'inputs' | 'outputs' | 'notes'> & {
  readonly unknownModules: ReadonlySet<string>;
  /** What the code says of the number of axes of tensors. */
  readonly ranks: ReadonlyMap<NodeId, number>;
  /** What the code says of the shapes of inputs. */
  readonly shapes: ReadonlyMap<NodeId, Shape>;
  /** It was not followed further, since that was enough. */
  readonly isBeginning: boolean;
};

/** Run `forward` on tensors of the given shapes. Whatever happens in it, there is a graph. */
export function followForward(
  interpreter: Interpreter,
  { instance, site }: Root,
  paths: Paths,
  shapes: readonly (Shape | undefined)[],
  enough?: (graph: Graph) => boolean,
): Followed {
  const session = sessionOf(interpreter);
  const trace = new Trace(paths, enough);
  const names = inputNames(interpreter, instance, shapes.length);
  const inputs = names.map(({ name, place }, index) => {
    const said = moduleState(instance)?.inputs?.shape(instance, name, interpreter);
    return trace.input(name, shapes[index], place ?? site, said);
  });
  const given = {
    positional: inputs.filter((_, index) => names[index]?.byName !== true),
    keywords: new Map(inputs.flatMap((input, index) => (names[index]?.byName ? [[names[index].name, input]] : []))),
  };
  const putBack = keptAttributes(paths);
  session.trace = trace;
  interpreter.site = site;
  let outputs: readonly NodeId[];
  let isBeginning = false;
  try {
    outputs = outputNodes(trace, interpreter.call(instance, given), site);
  } catch (error) {
    const reason = error instanceof Raised ? error : asLimit(error);
    isBeginning = error instanceof Enough;
    if (!reason && !isBeginning) throw error;
    outputs = reason ? [trace.node(stopped(trace, reason, inputs, site), site)] : [];
    if (reason) for (const name of unknownParts(paths)) trace.unknownModules.add(`those that ${name} may have`);
  } finally {
    session.trace = undefined;
    putBack();
  }
  const {
    nodes,
    notes,
    inputs: ids,
  } = trace.builder.build({
    name: '',
    framework: 'pytorch',
    outputs,
    span: site.source.span(site),
    losses: [],
    initializationSite: undefined,
  });
  return {
    nodes,
    notes,
    inputs: ids,
    outputs,
    unknownModules: trace.unknownModules,
    ranks: trace.ranks,
    shapes: trace.shapes,
    isBeginning,
  };
}

/** Modules may set attributes in a `forward`, from sizes that are not those of the next one. Gives what puts them back. */
function keptAttributes({ modules }: Paths): () => void {
  const kept = [...modules.keys()].flatMap(({ cls, attributes }) =>
    cls.site ? [{ attributes, state: attributes.capture() }] : [],
  );
  return () => {
    for (const { attributes, state } of kept) attributes.restore(state);
  };
}

/** What of a model is not known, and so may be modules that a `forward` would call that is not followed to its end. */
function unknownParts({ modules }: Paths): readonly string[] {
  return [...modules].flatMap(([module, path]) =>
    // The settings of a layer of ours are no modules.
    (module.cls.site ? [...module.attributes.entries()] : []).flatMap(([name, value]) =>
      value.type === 'unknown' ? [path === '' ? name : `${path}.${name}`] : [],
    ),
  );
}

function stopped(trace: Trace, error: Raised | Exhausted, inputs: readonly Value[], site: Site): Value {
  if (error instanceof Raised) {
    trace.builder.note({ kind: 'contradiction', message: error.message, span: error.site.source.span(error.site) });
    return trace.opaque(error.message, inputs, error.site);
  }
  return trace.opaque(`\`forward\` is not followed to its end: ${error.message}.`, inputs, site);
}

interface InputName {
  readonly name: string;
  readonly place: Site | undefined;
  /** Behind others that are left out. */
  readonly byName?: boolean;
}

/** The parameters of `forward` that need a tensor: those without a default, and as many more as shapes are told. */
function inputNames(interpreter: Interpreter, instance: Root['instance'], told: number): readonly InputName[] {
  const forward = interpreter.findAttribute(instance, 'forward');
  if (forward?.type !== 'method' || forward.callee.type !== 'function') return [{ name: 'input', place: undefined }];
  const { callee } = forward;
  const place = callee.syntax && { source: callee.site.source, ...callee.syntax.nameRange };
  const parameters = callee.parameters.slice(1).filter((parameter) => parameter.kind === 'positional');
  if (parameters.every(({ fallback }) => fallback)) {
    const all = parameters.map(({ name }) => name);
    const usual = moduleState(instance)?.inputs?.names(instance, all, interpreter) ?? [];
    if (usual.length >= Math.max(told, 1))
      return usual.map((name, index) => ({ name, place, byName: all[index] !== name }));
  }
  const inputs = parameters.filter((parameter, index) => !parameter.fallback || index < told);
  const takesAnything = inputs.length === 0 && callee.parameters.some((parameter) => parameter.kind === 'star');
  // Where everything may be left out, the first is what people give.
  const [first] = parameters;
  const chosen = inputs.length > 0 ? inputs : takesAnything || !first ? [{ name: 'input' }] : [first];
  return chosen.map(({ name }) => ({ name, place }));
}

/** Whatever tensors a result holds: in tuples and dicts, in the fields of a dataclass or a `ModelOutput`. */
function outputNodes(trace: Trace, result: Value, site: Site): readonly NodeId[] {
  const nodes = tensorsIn([result]).flatMap((value) => {
    const kind = tensorState(value)?.kind;
    return kind === 'node' || (value === result && kind) ? [trace.node(value, site)] : [];
  });
  if (nodes.length > 0) return [...new Set(nodes)];
  return [trace.node(result.type === 'none' ? none : result, site)];
}
