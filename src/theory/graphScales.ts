import type { Network, NodeId } from '../network';
import { inputMoments, type Data } from './data';
import { layerPath } from './depth';
import { flowOf, forwardFlow } from './flow';
import type { InputMoments } from './forward';
import type { State } from './state';
import { Weights } from './weights';

/** How far small differences travel forward through a network of any form, in layers of its longest path. */
export interface GraphScales {
  /** Steps between the first and the last weight layer. */
  readonly steps: number;
  /** The factor on a small difference of the correlation of two inputs from the first to the last weight layer, and ξ_c = steps/|ln factor|. */
  readonly correlationGain: number;
  readonly correlationDepth: number;
  /** The same of a small relative difference of the second moment, and ξ_q. */
  readonly lengthGain: number;
  readonly lengthDepth: number;
  /** 6 ξ_c (Schoenholz et al. 2017). */
  readonly trainable: number;
}

const STEP = 1e-5;

/**
 * The derivatives of the correlation map and of the length map of the whole network, by propagating inputs that differ a little: in a dense stack they
 * are the products of the maps' slopes. Undefined where the way is not known, or where a norm takes the difference off altogether.
 */
export function graphScales(network: Network, given: Data = {}): GraphScales | undefined {
  const weights = new Weights(network);
  const data = inputMoments(given);
  const path = layerPath(network, flowOf(network, weights, data));
  const [first, last] = [path[0], path.at(-1)];
  if (first === undefined || last === undefined || path.length < 2) return undefined;
  const steps = path.length - 1;
  const ratio = (change: number): Pick<State, 'secondMoment' | 'crossMoment'> => ({
    secondMoment: data.secondMoment * (1 + change),
    crossMoment: data.crossMoment * (1 + change),
  });
  const shifted = (change: number): Pick<State, 'secondMoment' | 'crossMoment'> => ({
    secondMoment: data.secondMoment,
    crossMoment: data.crossMoment + change * data.secondMoment,
  });
  const along = (change: (by: number) => Partial<InputMoments>, pick: (state: State) => number): number => {
    // Correlations of 1 leave room below alone.
    const [low, high] = [-STEP, data.crossMoment < data.secondMoment ? STEP : 0].map(
      (by) => forwardFlow(network, weights, { ...data, ...change(by) }).states,
    );
    const difference = (id: NodeId): number => {
      const [a, b] = [low?.[id], high?.[id]];
      return a && b ? pick(b) - pick(a) : NaN;
    };
    return Math.abs(difference(last) / difference(first));
  };
  const correlationGain = along(shifted, ({ secondMoment, crossMoment }) => crossMoment / secondMoment);
  const lengthGain = along(ratio, ({ secondMoment }) => Math.log(secondMoment));
  if (!(correlationGain >= 0) || !(lengthGain >= 0)) return undefined;
  const correlationDepth = steps / Math.abs(Math.log(correlationGain));
  return {
    steps,
    correlationGain,
    correlationDepth,
    lengthGain,
    lengthDepth: steps / Math.abs(Math.log(lengthGain)),
    trainable: 6 * correlationDepth,
  };
}
