import type { AxisRole, Distribution, ParameterRole, Shape } from '../../network';
import type { Journaled } from '../evaluation/journal';
import { spanOf, type Site } from '../text/source';
import { reasonOf, type InstanceValue, type UnknownValue } from '../python/values';
import type { InitializerOrigin } from '../../network';

/** What a tensor is drawn from. A bias names the weight it stands beside by its instance: paths are known only at the end. */
export type Draw =
  | Exclude<Distribution, { kind: 'biasScaling' }>
  | { readonly kind: 'besideWeight'; readonly scale: number; readonly weight: InstanceValue };

export interface DrawState {
  readonly draw: Draw;
  readonly origin: InitializerOrigin;
}

/** The hidden state of an `nn.Parameter`. Initialising it anew is a change that the journal can take back. */
export class ParameterState implements Journaled<DrawState> {
  readonly kind = 'parameter';
  draw: Draw;
  origin: InitializerOrigin;

  constructor(
    readonly shape: Shape,
    readonly role: ParameterRole,
    public axes: readonly AxisRole[],
    draw: Draw,
    origin: InitializerOrigin = { kind: 'frameworkDefault' },
  ) {
    this.draw = draw;
    this.origin = origin;
  }

  capture(): DrawState {
    return { draw: this.draw, origin: this.origin };
  }

  restore(state: DrawState): void {
    this.draw = state.draw;
    this.origin = state.origin;
  }

  join(a: DrawState, b: DrawState, unknown: UnknownValue): void {
    const same = a.draw === b.draw || sameDraw(a.draw, b.draw);
    this.restore(same ? a : { draw: { kind: 'unknown', reason: reasonOf(unknown) }, origin: a.origin });
  }
}

function sameDraw(a: Draw, b: Draw): boolean {
  const keys = Object.keys(a) as (keyof Draw)[];
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

export function sourceOrigin(site: Site): InitializerOrigin {
  return { kind: 'source', span: spanOf(site), text: site.source.slice(site) };
}

/** factor · x of a draw x. */
export function scaledDraw(draw: Draw, factor: number): Draw {
  switch (draw.kind) {
    case 'constant':
      return { ...draw, value: draw.value * factor };
    case 'uniform':
      return factor < 0
        ? { kind: 'uniform', low: draw.high * factor, high: draw.low * factor }
        : { kind: 'uniform', low: draw.low * factor, high: draw.high * factor };
    case 'normal':
      return { kind: 'normal', mean: draw.mean * factor, std: draw.std * Math.abs(factor) };
    case 'truncatedNormal': {
      const [low, high] = factor < 0 ? [draw.high, draw.low] : [draw.low, draw.high];
      return {
        kind: 'truncatedNormal',
        mean: draw.mean * factor,
        std: draw.std * Math.abs(factor),
        low: low * factor,
        high: high * factor,
      };
    }
    case 'varianceScaling':
    case 'besideWeight':
      return { ...draw, scale: draw.scale * factor ** 2 };
    case 'orthogonal':
    case 'identity':
      return { ...draw, gain: draw.gain * factor };
    case 'partitioned':
      return { kind: 'unknown', reason: 'a draw in parts is scaled' };
    case 'unknown':
      return draw;
  }
}

/** x + offset of a draw x; a draw that is named by its scale alone cannot be moved. */
export function shiftedDraw(draw: Draw, offset: number): Draw {
  if (offset === 0) return draw;
  switch (draw.kind) {
    case 'constant':
      return { ...draw, value: draw.value + offset };
    case 'uniform':
      return { kind: 'uniform', low: draw.low + offset, high: draw.high + offset };
    case 'normal':
      return { ...draw, mean: draw.mean + offset };
    case 'truncatedNormal':
      return { ...draw, mean: draw.mean + offset, low: draw.low + offset, high: draw.high + offset };
    default:
      return { kind: 'unknown', reason: 'a constant is added to the draw' };
  }
}
