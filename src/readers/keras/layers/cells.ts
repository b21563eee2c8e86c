import { loopParameters } from '../../kerasLayers/layers/recurrent';
import { toDim } from '../../frameworks/sizes';
import { none } from '../../python/values';
import { buildLayer } from '../building';
import { isLayer, layerState } from '../layerState';
import { fromKerasShape } from '../sizes';
import { kerasLayer, type LiveLayer } from './define';
import { elementsOf, stepShape } from './steps';

/** Cells one after the other at every step. */
export const stackedCells = kerasLayer({
  name: 'StackedRNNCells',
  parameters: ['cells'],
  initialise: ({ state, args }) => {
    state.layers = elementsOf(args.get('cells')).filter(isLayer);
  },
  build: ({ state, shape, call }) => {
    let features = shape;
    for (const cell of state.layers) {
      if (!layerState(cell)?.built)
        buildLayer(
          cell,
          features ? fromKerasShape(features) : call.interpreter.unknown('input_shape', 'is not known here'),
          call,
        );
      const units = cell.attributes.get('units') ?? cell.attributes.get('state_size');
      const [batch] = shape ?? [];
      features = units && batch !== undefined ? [batch, toDim(units)] : undefined;
    }
  },
  call: ({ opaque }) => opaque('Stacked cells by themselves are not understood yet.'),
});

/** Any cell, our own or one of the source. */
export const rnn: LiveLayer = {
  name: 'RNN',
  parameters: ['cell', ...loopParameters],
  initialise: ({ state, args, call }) => {
    const given = args.get('cell') ?? none;
    const several = given.type === 'list' || given.type === 'tuple';
    const cell = several ? call.interpreter.apply(stackedCells, given) : given;
    if (isLayer(cell)) state.layers = [cell];
  },
  build: ({ state, shape, call }) => {
    const [cell] = state.layers;
    if (cell && !layerState(cell)?.built) buildLayer(cell, stepShape(shape, call), call);
  },
  call: ({ opaque }) => opaque('A loop over the steps of a cell is not understood yet.'),
};
