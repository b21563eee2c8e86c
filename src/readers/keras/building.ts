import { findInClass } from '../python/attributes';
import { ListValue, tuple, type Call, type InstanceValue, type Value } from '../python/values';
import { layerState, type LayerState } from './layerState';
import { kerasSession } from './session';
import { fromKerasShape } from './sizes';
import { shapeOf } from './tensor';

/** Run `body` in the name scope of a layer, as Keras does around `build`, `call` and `add_weight`. */
export function inScope<T>(layer: InstanceValue, state: LayerState, call: Call, body: () => T): T {
  const session = kerasSession(call.interpreter);
  if (state.parentPath === undefined) {
    call.interpreter.journal.beforeChange(state);
    state.parentPath = session.path;
  }
  return session.within({ name: state.name, caller: layer, parent: state.parentPath }, () => {
    if (state.path === undefined) {
      call.interpreter.journal.beforeChange(state);
      state.path = session.path;
    }
    return body();
  });
}

/** Build a layer for inputs of these shapes: a tuple of sizes, or a structure of them as the inputs are given. */
export function buildLayer(layer: InstanceValue, shapes: Value, call: Call, more: readonly Value[] = []): void {
  const state = layerState(layer);
  if (!state) return;
  inScope(layer, state, call, () => {
    const own = findInClass(layer.cls, 'build');
    if (own?.type === 'function')
      call.interpreter.call(own, {
        positional: [layer, shapes, ...more.slice(0, own.parameters.length - 2)],
        keywords: new Map(),
      });
    else state.make?.(shapes, call);
  });
  call.interpreter.journal.beforeChange(state);
  state.built = true;
}

/** The shapes of tensors, in the structure that the tensors are given in. */
export function shapesOf(value: Value, call: Call): Value {
  switch (value.type) {
    case 'tuple':
      return tuple(value.items.map((item) => shapesOf(item, call)));
    case 'list':
      return new ListValue(value.items.map((item) => shapesOf(item, call)));
    default: {
      const shape = shapeOf(value);
      return shape ? fromKerasShape(shape) : call.interpreter.unknown('input_shape', 'is not known here');
    }
  }
}
