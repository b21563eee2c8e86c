import type { AxisRole, ModelBuffer, Parameter } from '../../network';
import { spanOf } from '../text/source';
import { reasonOf, type InstanceValue } from '../python/values';
import { distributionOf } from './distribution';
import type { Draw, ParameterState } from './draw';
import { isModule, moduleState } from './module';
import { parameterState, tensorState } from './tensor';
import { viewOf } from './views';

/** Where every module and every parameter of a model stands, spelled as in its `state_dict`. */
export interface Paths {
  readonly modules: ReadonlyMap<InstanceValue, string>;
  readonly parameters: ReadonlyMap<InstanceValue, string>;
  /** Tensors that are saved with the model and not trained. */
  readonly buffers: ReadonlyMap<InstanceValue, string>;
  /** What may hold parameters that are not known. */
  readonly unlisted: readonly string[];
}

/** Walks in PyTorch's own order; what is reached twice keeps its first path, as `named_parameters` does. */
export function pathsOf(root: InstanceValue): Paths {
  const modules = new Map<InstanceValue, string>();
  const parameters = new Map<InstanceValue, string>();
  const buffers = new Map<InstanceValue, string>();
  const unlisted: string[] = [];
  const visit = (module: InstanceValue, path: string): void => {
    if (modules.has(module)) return;
    modules.set(module, path);
    const { hidden, unlisted: reason, buffers: saved } = moduleState(module) ?? {};
    if (hidden) unlisted.push(`what \`${path}\` holds: ${reasonOf(hidden)}`);
    if (reason !== undefined) unlisted.push(reason);
    const lead = path === '' ? '' : `${path}.`;
    const attributes = module.attributes.entries();
    for (const [name, value] of attributes)
      if (value.type !== 'instance') continue;
      else if (parameterState(value) && !parameters.has(value)) parameters.set(value, lead + name);
      else if (saved?.has(name) && !buffers.has(value)) buffers.set(value, lead + name);
    for (const [name, value] of attributes) if (value.type === 'instance' && isModule(value)) visit(value, lead + name);
  };
  visit(root, '');
  return { modules, parameters, buffers, unlisted };
}

export function networkParameters(paths: Paths): readonly Parameter[] {
  return [...paths.parameters].flatMap(([instance, path]) => {
    const state = parameterState(instance);
    return state ? [{ path, ...describe(state, paths), span: spanOf(instance.site) }] : [];
  });
}

function describe(
  { shape, role, axes: told, draw, origin }: ParameterState,
  { parameters }: Paths,
): Omit<Parameter, 'path' | 'span'> {
  const axes = matrixAxes(told, draw);
  const distribution = distributionOf(draw, shape, axes, {
    path: (weight) => parameters.get(weight),
    axes: (weight) => parameterState(weight)?.axes,
  });
  return { role, shape, axes, initializer: { distribution, origin } };
}

/** A table of numbers that is drawn as a matrix, and of which no layer says more, is one from its second axis to its first. */
function matrixAxes(axes: readonly AxisRole[], { kind }: Draw): readonly AxisRole[] {
  const matrix = kind === 'fanScaling' || kind === 'orthogonal' || kind === 'identity';
  return matrix && axes.length === 2 && axes.every((role) => role === 'feature') ? ['out', 'in'] : axes;
}

/** What is saved with the model and not trained. */
export function networkBuffers({ buffers }: Paths): readonly ModelBuffer[] {
  return [...buffers].flatMap(([instance, path]) => {
    const view = viewOf(tensorState(instance));
    return view ? [{ path, shape: view.shape }] : [];
  });
}
