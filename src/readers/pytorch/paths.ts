import type { Distribution, Initializer, Parameter } from '../../network';
import { fanIn } from '../../network';
import { spanOf } from '../text/source';
import { reasonOf, type InstanceValue } from '../python/values';
import type { ParameterState } from './draw';
import { isModule, moduleState } from './module';
import { parameterState } from './tensor';

/** Where every module and every parameter of a model stands, spelled as in its `state_dict`. */
export interface Paths {
  readonly modules: ReadonlyMap<InstanceValue, string>;
  readonly parameters: ReadonlyMap<InstanceValue, string>;
  /** What may hold parameters that are not known. */
  readonly unlisted: readonly string[];
}

/** Walks in PyTorch's own order; what is reached twice keeps its first path, as `named_parameters` does. */
export function pathsOf(root: InstanceValue): Paths {
  const modules = new Map<InstanceValue, string>();
  const parameters = new Map<InstanceValue, string>();
  const unlisted: string[] = [];
  const visit = (module: InstanceValue, path: string): void => {
    if (modules.has(module)) return;
    modules.set(module, path);
    const { hidden, unlisted: reason } = moduleState(module) ?? {};
    if (hidden) unlisted.push(`what \`${path}\` holds: ${reasonOf(hidden)}`);
    if (reason !== undefined) unlisted.push(reason);
    const lead = path === '' ? '' : `${path}.`;
    for (const [name, value] of module.attributes.entries())
      if (value.type === 'instance' && parameterState(value) && !parameters.has(value))
        parameters.set(value, lead + name);
    for (const [name, value] of module.attributes.entries())
      if (value.type === 'instance' && isModule(value)) visit(value, lead + name);
  };
  visit(root, '');
  return { modules, parameters, unlisted };
}

export function networkParameters(paths: Paths): readonly Parameter[] {
  return [...paths.parameters].flatMap(([instance, path]) => {
    const state = parameterState(instance);
    return state ? [{ path, ...describe(state, paths), span: spanOf(instance.site) }] : [];
  });
}

function describe(state: ParameterState, paths: Paths): Omit<Parameter, 'path' | 'span'> {
  const initializer: Initializer = { distribution: distributionOf(state, paths), origin: state.origin };
  return { role: state.role, shape: state.shape, axes: state.axes, initializer };
}

function distributionOf({ draw }: ParameterState, paths: Paths): Distribution {
  if (draw.kind !== 'besideWeight') return draw;
  const path = paths.parameters.get(draw.weight);
  if (path !== undefined) return { kind: 'biasScaling', scale: draw.scale, weight: path };
  // The weight it was made beside has been replaced: its fan-in is still the bias's bound.
  const weight = parameterState(draw.weight);
  const connections = weight && fanIn({ ...describe(weight, paths), path: '', span: spanOf(draw.weight.site) });
  if (!connections) return { kind: 'unknown', reason: 'the weight it was made beside has been replaced' };
  const bound = Math.sqrt((3 * draw.scale) / connections);
  return { kind: 'uniform', low: -bound, high: bound };
}
