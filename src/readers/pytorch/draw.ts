import {
  product,
  type AxisRole,
  type Distribution,
  type InitializerOrigin,
  type ParameterRole,
  type Shape,
} from '../../network';
import type { Journaled } from '../evaluation/journal';
import { reasonOf, type InstanceValue, type UnknownValue, type Value } from '../python/values';
import { spanOf, type Site } from '../text/source';
import type { Content } from './constants/content';

/** What the elements of a tensor are, as far as it matters: whole numbers pick elements, truth values choose among them. */
export type NumberKind = 'float' | 'int' | 'bool';

/**
 * What a tensor is drawn from. Fans are PyTorch's own, by place: the second axis (in) or the first (out), times all that follow; what
 * they mean for the layer is told by the axes of the parameter. A bias names the weight it stands beside by its instance: paths are
 * known only at the end.
 */
export type Draw =
  | Exclude<Distribution, { kind: 'biasScaling' | 'varianceScaling' | 'partitioned' }>
  | {
      readonly kind: 'fanScaling';
      readonly scale: number;
      readonly fan: 'in' | 'out' | 'average';
      readonly shape: 'normal' | 'uniform';
    }
  | { readonly kind: 'besideWeight'; readonly scale: number; readonly weight: InstanceValue }
  | { readonly kind: 'partitioned'; readonly axis: number; readonly parts: readonly DrawnPart[] };

export interface DrawnPart {
  readonly size: number;
  readonly draw: Draw;
}

interface DrawState {
  readonly shape: Shape | undefined;
  readonly draw: Draw;
  readonly origin: InitializerOrigin;
  readonly content?: Content | undefined;
}

/** What a tensor that is not computed in a `forward` holds. Drawing it anew is a change that the journal can take back. */
abstract class DrawnState implements Journaled<DrawState> {
  abstract shape: Shape | undefined;

  constructor(
    public draw: Draw,
    public origin: InitializerOrigin,
  ) {}

  abstract restore(state: DrawState): void;

  capture(): DrawState {
    return { shape: this.shape, draw: this.draw, origin: this.origin };
  }

  join(a: DrawState, b: DrawState, unknown: UnknownValue): void {
    const same = a.draw === b.draw || sameDraw(a.draw, b.draw);
    this.restore(same ? a : { ...a, draw: { kind: 'unknown', reason: reasonOf(unknown) } });
  }
}

/** The hidden state of an `nn.Parameter`. */
export class ParameterState extends DrawnState {
  readonly kind = 'parameter';

  constructor(
    public shape: Shape,
    readonly role: ParameterRole,
    public axes: readonly AxisRole[],
    draw: Draw,
    origin: InitializerOrigin = { kind: 'frameworkDefault' },
  ) {
    super(draw, origin);
  }

  restore({ shape, draw, origin }: DrawState): void {
    this.shape = shape ?? this.shape;
    this.draw = draw;
    this.origin = origin;
  }
}

/** The hidden state of a tensor that is made outside of a `forward`, and may become a parameter or a buffer. */
export class ConstantState extends DrawnState {
  readonly kind = 'constant';
  /** In a `forward`: the tensor whose elements these are. */
  shared?: SharedElements;

  constructor(
    public shape: Shape | undefined,
    draw: Draw,
    origin: InitializerOrigin = { kind: 'frameworkDefault' },
    /** Its numbers; without them they are those that the draw tells, if it is a constant. */
    public content?: Content,
    readonly numbers: NumberKind = 'float',
  ) {
    super(draw, origin);
  }

  override capture(): DrawState {
    return { ...super.capture(), content: this.content };
  }

  restore({ shape, draw, origin, content }: DrawState): void {
    this.shape = shape;
    this.draw = draw;
    this.origin = origin;
    this.content = content;
  }

  override join(a: DrawState, b: DrawState, unknown: UnknownValue): void {
    super.join(a, b, unknown);
    if (a.content !== b.content) this.content = { kind: 'unknown', reason: reasonOf(unknown) };
  }
}

/** A tensor whose elements another one shows: picked by an index, or all in another shape. Changed in place they change there. */
export interface SharedElements {
  readonly from: Value;
  readonly index?: Value;
}

function sameDraw(a: Draw, b: Draw): boolean {
  const keys = Object.keys(a) as (keyof Draw)[];
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

export function sourceOrigin(site: Site): InitializerOrigin {
  return { kind: 'source', span: spanOf(site), text: site.source.slice(site) };
}

export const unknownDraw = (reason: string): Draw => ({ kind: 'unknown', reason });

/** `_calculate_fan_in_and_fan_out`: undefined where a size is not known or there are fewer than two axes. */
export function fansOf(shape: Shape | undefined): { readonly in: number; readonly out: number } | undefined {
  const [first, second, ...field] = shape ?? [];
  if (first === undefined || second === undefined) return undefined;
  const into = product([second, ...field]);
  const out = product([first, ...field]);
  return into === undefined || out === undefined ? undefined : { in: into, out };
}

function ofVariance(shape: 'normal' | 'uniform', variance: number): Draw {
  const std = Math.sqrt(variance);
  return shape === 'normal'
    ? { kind: 'normal', mean: 0, std }
    : { kind: 'uniform', low: -std * Math.sqrt(3), high: std * Math.sqrt(3) };
}

/** A draw that is named by a fan, named by numbers instead. */
export function inNumbers(
  draw: Draw,
  shape: Shape | undefined,
  shapeOfWeight: (weight: InstanceValue) => Shape | undefined,
): Draw {
  if (draw.kind !== 'fanScaling' && draw.kind !== 'besideWeight') return draw;
  const fans = fansOf(draw.kind === 'besideWeight' ? shapeOfWeight(draw.weight) : shape);
  if (!fans) return unknownDraw('the sizes that it is scaled by are not known');
  const fan =
    draw.kind === 'besideWeight' || draw.fan === 'in'
      ? fans.in
      : draw.fan === 'out'
        ? fans.out
        : (fans.in + fans.out) / 2;
  return fan === 0
    ? { kind: 'constant', value: 0 }
    : ofVariance(draw.kind === 'besideWeight' ? 'uniform' : draw.shape, draw.scale / fan);
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
    case 'fanScaling':
    case 'besideWeight':
      return { ...draw, scale: draw.scale * factor ** 2 };
    case 'orthogonal':
    case 'identity':
      return { ...draw, gain: draw.gain * factor };
    case 'partitioned':
      return { ...draw, parts: draw.parts.map((part) => ({ ...part, draw: scaledDraw(part.draw, factor) })) };
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
    case 'partitioned':
      return { ...draw, parts: draw.parts.map((part) => ({ ...part, draw: shiftedDraw(part.draw, offset) })) };
    default:
      return unknownDraw('a constant is added to the draw');
  }
}

/** x cut to [low, high]: of a draw that lies inside, itself. */
export function clampedDraw(draw: Draw, low: number, high: number): Draw {
  const inside = (from: number, to: number): boolean => {
    const slack = 1e-6 * Math.max(1, Math.abs(from), Math.abs(to));
    return from >= low - slack && to <= high + slack;
  };
  switch (draw.kind) {
    case 'constant':
      return { ...draw, value: Math.min(Math.max(draw.value, low), high) };
    case 'uniform':
    case 'truncatedNormal':
      return inside(draw.low, draw.high) ? draw : unknownDraw('the draw is cut off');
    case 'partitioned':
      return { ...draw, parts: draw.parts.map((part) => ({ ...part, draw: clampedDraw(part.draw, low, high) })) };
    case 'normal':
      // Five deviations away it makes no difference that could be measured.
      return inside(draw.mean - 5 * draw.std, draw.mean + 5 * draw.std) ? draw : unknownDraw('the draw is cut off');
    case 'unknown':
      return draw;
    default:
      return unknownDraw('the draw is cut off');
  }
}
