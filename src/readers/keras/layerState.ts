import type { Journaled } from '../evaluation/journal';
import { isSubclass, type Call, type ClassValue, type InstanceValue, type Value } from '../python/values';
import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import type { Step } from '../kerasLayers/graph';

/** One call of a layer of ours. */
export interface LayerCall {
  readonly layer: InstanceValue;
  readonly state: LayerState;
  /** What it is called with, the layer itself left out. */
  readonly call: Call;
}

/** The graph between the inputs and the outputs of a functional model. */
export interface FunctionalGraph {
  readonly inputs: Value;
  readonly outputs: Value;
  readonly inputSteps: readonly Step[];
}

interface Snapshot {
  readonly built: boolean;
  readonly parentPath: string | undefined;
  readonly path: string | undefined;
  readonly variables: ReadonlyMap<string, InstanceValue>;
  readonly layers: readonly InstanceValue[];
  readonly graph: FunctionalGraph | undefined;
  readonly firstCall: FirstCall | undefined;
}

/** What a layer was first called with and what it gave: `layer.input`, `layer.output`. */
export interface FirstCall {
  readonly inputs: Value;
  readonly outputs: Value;
}

/** The hidden state of a layer. */
export class LayerState implements Journaled<Snapshot> {
  name = '';
  /** What a layer of ours does; undefined for one of the source, whose `call` is followed. */
  lower: ((use: LayerCall) => Value) | undefined;
  /** Makes the variables of a layer of ours. */
  make: ((shapes: Value, call: Call) => void) | undefined;
  /** `input_shape=` of the first layer of a model. */
  inputShape: Value | undefined;
  built = false;
  /** Where it stood when it was first opened: `''` at the top. */
  parentPath: string | undefined;
  path: string | undefined;
  /** By the name of the attribute under which Keras keeps them. */
  variables: ReadonlyMap<string, InstanceValue> = new Map();
  /** Of a `Sequential`, and of wrappers and stacks of ours: the layers in it. */
  layers: readonly InstanceValue[] = [];
  graph: FunctionalGraph | undefined;
  firstCall: FirstCall | undefined;
  /** Set by `compile`. */
  compiled = false;

  capture(): Snapshot {
    const { built, parentPath, path, variables, layers, graph, firstCall } = this;
    return { built, parentPath, path, variables, layers, graph, firstCall };
  }

  restore(snapshot: Snapshot): void {
    Object.assign(this, snapshot);
  }

  /** One of two branches has built it: what it holds is what either has made. */
  join(a: Snapshot, b: Snapshot): void {
    this.restore(a.built ? a : b);
  }
}

export const layerClass = builtinClass('Layer', [objectClass], {}, () => new LayerState());
export const modelClass = builtinClass('Model', [layerClass], {});
export const sequentialClass = builtinClass('Sequential', [modelClass], {});

export function isLayer(value: Value | undefined): value is InstanceValue {
  return value?.type === 'instance' && isSubclass(value.cls, layerClass);
}

export function layerState(layer: InstanceValue): LayerState | undefined {
  return layer.native instanceof LayerState ? layer.native : undefined;
}

export const isModelClass = (cls: ClassValue): boolean => isSubclass(cls, modelClass);
