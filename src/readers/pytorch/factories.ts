import type { Call, Value } from '../python/values';
import { ParameterState, sourceOrigin, unknownDraw } from './draw';
import { drawOf } from './initialise';
import { sessionOf } from './session';
import { makeTensor, tensorState } from './tensor';
import { viewOf } from './views';

/** `nn.Parameter(data)`: drawn from what the data is drawn from. Made in a `forward` it is no part of the model. */
export function makeParameter(call: Call): Value {
  const data = call.positional[0] ?? call.keywords.get('data');
  const state = tensorState(data);
  if (sessionOf(call.interpreter).trace)
    return call.interpreter.unknown('nn.Parameter(…)', 'is made anew in each `forward`');
  // Of another parameter the new one shares the elements, yet it is one of its own.
  const view = viewOf(state);
  const shape = view?.shape ?? [{ symbol: '?', reason: 'the shape of this parameter is not known' }];
  const draw = view ? drawOf(data) : unknownDraw('it is made from a tensor that is not understood');
  if (state?.kind === 'parameter')
    return makeTensor(new ParameterState(shape, state.role, state.axes, draw, state.origin), call.site);
  const axes = shape.map(() => 'feature' as const);
  return makeTensor(
    new ParameterState(shape, shape.length < 2 ? 'scalar' : 'weight', axes, draw, sourceOrigin(call.site)),
    call.site,
  );
}
