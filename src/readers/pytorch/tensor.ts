import type { NodeId, Shape } from '../../network';
import { InstanceValue, type Value } from '../python/values';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import type { Site } from '../text/source';
import type { ConstantState, ParameterState } from './draw';
import type { Region } from './region';

/** The hidden state of a tensor. */
export type TensorState =
  | ParameterState
  /** The output of a node of the network that is being traced. */
  | { readonly kind: 'node'; readonly id: NodeId }
  /** Made by `torch.randn(…)` and the like. */
  | ConstantState
  | TensorView
  /** What a model gives (or what is computed from that) outside of its own `forward`. */
  | { readonly kind: 'output'; readonly model: InstanceValue };

/** `parameter.data`, the part of a tensor that an index picks, or its elements in another shape: what is drawn here is drawn there. */
export interface TensorView {
  readonly kind: 'view';
  readonly of: ParameterState | ConstantState;
  readonly region: Region;
  /** Which axis of the tensor each axis of the view is; undefined where the elements lie in other axes. */
  readonly axes: readonly number[] | undefined;
  readonly shape: Shape | undefined;
}

/** `torch.Tensor` and `nn.Parameter`; their methods are put in by `tensorMethods.ts`. */
export const tensorClass = builtinClass('Tensor', [objectClass], {});
export const parameterClass = builtinClass('Parameter', [tensorClass], {});

/** Holds the state in the instance; a class of its own, so that it is told apart from the state of a module. */
class TensorHandle {
  constructor(readonly state: TensorState) {}
}

export function makeTensor(state: TensorState, site: Site): InstanceValue {
  return new InstanceValue(state.kind === 'parameter' ? parameterClass : tensorClass, site, new TensorHandle(state));
}

/** Undefined for everything that is not a tensor. */
export function tensorState(value: Value | undefined): TensorState | undefined {
  return value?.type === 'instance' && value.native instanceof TensorHandle ? value.native.state : undefined;
}

export function parameterState(value: Value | undefined): ParameterState | undefined {
  const state = tensorState(value);
  return state?.kind === 'parameter' ? state : undefined;
}

/** The shape of a weight, as the fan of a bias beside it needs it. */
export function shapeOfWeight(weight: InstanceValue): Shape | undefined {
  return parameterState(weight)?.shape;
}
