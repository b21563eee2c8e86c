import { isKnown, shapeText, type NodeId, type Shape } from '../../network';
import type { Journal, Journaled } from '../evaluation/journal';
import { InstanceValue, shownSymbol, type UnknownValue, type Value } from '../python/values';
import { builtinClass } from '../python/classes';
import type { Comparable } from '../python/sameness';
import { objectClass } from '../python/library/types';
import { Raised } from '../python/raised';
import type { Site } from '../text/source';
import { ConstantState, type NumberKind, type ParameterState, type SharedElements } from './draw';
import type { Region } from './region';

/** The hidden state of a tensor. */
export type TensorState =
  | ParameterState
  /** The output of a node of the network that is being traced. */
  | NodeState
  /** Made by `torch.randn(…)` and the like. */
  | ConstantState
  | TensorView
  /** What a model gives (or what is computed from that) outside of its own `forward`. */
  | { readonly kind: 'output'; readonly model: InstanceValue }
  /** Changed in place in one of two branches. */
  | { readonly kind: 'doubtful'; readonly reason: string };

export interface NodeState {
  readonly kind: 'node';
  readonly id: NodeId;
  readonly numbers?: NumberKind;
  readonly shared?: SharedElements;
}

/** `parameter.data`, the part of a tensor that an index picks, or its elements in another shape: what is drawn here is drawn there. */
export interface TensorView {
  readonly kind: 'view';
  readonly of: ParameterState | ConstantState;
  readonly region: Region;
  /** Which axis of the tensor each axis of the view is; undefined where the elements lie in other axes. */
  readonly axes: readonly number[] | undefined;
  readonly shape: Shape | undefined;
  /** Of a constant: what the view shows as a tensor of its own. */
  readonly own?: ConstantState;
  /** What the tensor held when `own` was computed. */
  readonly basis?: Pick<ConstantState, 'draw' | 'content'>;
  /** Of a constant: where it was picked from, and by which index. */
  readonly picked?: { readonly from: Value; readonly index: Value };
}

/** `torch.Tensor` and `nn.Parameter`; their methods are put in by `tensorMethods.ts`. */
export const tensorClass = builtinClass('Tensor', [objectClass], {});
export const parameterClass = builtinClass('Parameter', [tensorClass], {});

/** Holds the state in the instance; a class of its own, so that it is told apart from the state of a module. */
class TensorHandle implements Journaled<TensorState>, Comparable {
  constructor(public state: TensorState) {}

  capture(): TensorState {
    return this.state;
  }

  restore(state: TensorState): void {
    this.state = state;
  }

  /** The same node, as `x` and `x.float()` are where `x` is an input: of one of them it is not known what its elements are. */
  tellsLessThan(other: object): boolean {
    if (!(other instanceof TensorHandle) || this.state.kind !== 'node' || other.state.kind !== 'node') return false;
    const [own, its] = [this.state, other.state];
    return own.id === its.id && own.shared === its.shared && (own.numbers === undefined || own.numbers === its.numbers);
  }

  join(a: TensorState, b: TensorState, unknown: UnknownValue): void {
    this.state =
      a === b
        ? a
        : {
            kind: 'doubtful',
            reason: `A tensor is changed in place where \`${shownSymbol(unknown.symbol)}\` decides whether`,
          };
  }
}

/** @throws Raised for a parameter that has fewer than no elements along an axis */
export function makeTensor(state: TensorState, site: Site): InstanceValue {
  if (state.kind === 'parameter' && state.shape.some((size) => isKnown(size) && size < 0))
    throw new Raised(`A parameter of shape ${shapeText(state.shape)} cannot be made.`, undefined, site);
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

/** Let a tensor be another from here on: all names of it see the change. */
export function setTensorState(tensor: Value, state: TensorState, journal: Journal): void {
  if (tensor.type !== 'instance' || !(tensor.native instanceof TensorHandle)) return;
  journal.beforeChange(tensor.native);
  tensor.native.state = state;
}

/** Remember whose elements a tensor shows, if it does not know yet. */
export function shareElements(tensor: Value, shared: SharedElements, journal: Journal): void {
  const state = tensorState(tensor);
  if (state?.kind === 'node' && !state.shared) setTensorState(tensor, { ...state, shared }, journal);
  // What has just been computed is held by nobody else.
  if (state instanceof ConstantState) state.shared ??= shared;
}

/** The shape of a weight, as the fan of a bias beside it needs it. */
export function shapeOfWeight(weight: InstanceValue): Shape | undefined {
  return parameterState(weight)?.shape;
}
