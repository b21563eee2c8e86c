import type { AxisRole, Distribution, FanMode, Shape } from '../../network';
import type { InstanceValue } from '../python/values';
import { inNumbers, type Draw } from './draw';
import { shapeOfWeight } from './tensor';

/** Where parameters stand in the model: a bias is described by the weight beside it. */
export interface WeightPlaces {
  readonly path: (weight: InstanceValue) => string | undefined;
  readonly axes: (weight: InstanceValue) => readonly AxisRole[] | undefined;
}

/** A draw in the words of the network, where fans go by what the axes mean and not by their places. */
export function distributionOf(
  draw: Draw,
  shape: Shape,
  axes: readonly AxisRole[],
  places: WeightPlaces,
): Distribution {
  const numbers = (): Distribution => {
    const told = inNumbers(draw, shape, shapeOfWeight);
    return told.kind === 'fanScaling' || told.kind === 'besideWeight' || told.kind === 'partitioned'
      ? { kind: 'unknown', reason: 'it is not known in numbers' }
      : told;
  };
  switch (draw.kind) {
    case 'fanScaling': {
      const order = fanOrder(axes);
      if (!order) return numbers();
      const mode: FanMode =
        draw.fan === 'average' ? 'fanAvg' : (draw.fan === 'in') === (order === 'outFirst') ? 'fanIn' : 'fanOut';
      return { kind: 'varianceScaling', scale: draw.scale, mode, shape: draw.shape };
    }
    case 'besideWeight': {
      const path = places.path(draw.weight);
      const order = fanOrder(places.axes(draw.weight) ?? []);
      return path !== undefined && order === 'outFirst'
        ? { kind: 'biasScaling', scale: draw.scale, weight: path }
        : numbers();
    }
    case 'orthogonal':
      // PyTorch's matrix is the first axis against all others.
      return axes.length > 2 && fanOrder(axes) !== 'outFirst'
        ? { kind: 'unknown', reason: 'it is orthogonal over other axes than those of the layer' }
        : draw;
    case 'partitioned': {
      const parts = draw.parts.map((part) => ({
        size: part.size,
        distribution: distributionOf(
          part.draw,
          shape.map((size, axis) => (axis === draw.axis ? part.size : size)),
          axes,
          places,
        ),
      }));
      return (
        parts.map(({ distribution }) => distribution).find(({ kind }) => kind === 'unknown') ?? {
          kind: 'partitioned',
          axis: draw.axis,
          parts,
        }
      );
    }
    default:
      return draw;
  }
}

/** Which of the first two axes runs over the outputs; undefined where they are not the axes of a layer. */
function fanOrder([first, second, ...field]: readonly AxisRole[]): 'outFirst' | 'inFirst' | undefined {
  if (field.some((role) => role !== 'kernel')) return undefined;
  if (first === 'out' && second === 'in') return 'outFirst';
  return first === 'in' && second === 'out' ? 'inFirst' : undefined;
}
