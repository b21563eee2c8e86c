import type { Shape } from '../../network';
import { unknownDraw, type Draw, type DrawnPart } from './draw';

/** A part of one axis: [start, end). */
export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Which part of a tensor is meant: of some axes a range, of the others all; or a part that cannot be said so. */
export type Region = readonly AxisRange[] | 'unknown';

export const whole: Region = [];

/** What a tensor is drawn from after a part of it has been drawn anew. @param draw in numbers, not by fans. */
export function redrawn(draw: Draw, shape: Shape | undefined, region: Region, part: Draw): Draw {
  if (region === 'unknown') return unknownDraw('only a part of it is initialised here');
  const [range, ...rest] = region;
  if (!range) return part;
  const size = shape?.[range.axis];
  if (!shape || typeof size !== 'number')
    return unknownDraw('a part of it is initialised here, and its size is not known');
  if (range.end <= range.start) return draw;
  if (range.start <= 0 && range.end >= size) return redrawn(draw, shape, rest, part);
  let at = 0;
  const pieces = cutAt(cutAt(piecesAlong(draw, range.axis, size), range.start), range.end).map((piece) => {
    const inside = at >= range.start && at < range.end;
    at += piece.size;
    const own = shape.map((one, axis) => (axis === range.axis ? piece.size : one));
    return inside ? { ...piece, draw: redrawn(piece.draw, own, rest, part) } : piece;
  });
  return joined(range.axis, pieces);
}

/** What a part of a tensor is drawn from. @param draw in numbers, not by fans. */
export function drawWithin(draw: Draw, shape: Shape | undefined, region: Region): Draw {
  if (region === 'unknown') return unknownDraw('it is a part of another tensor');
  const [range, ...rest] = region;
  if (!range) return draw;
  const size = shape?.[range.axis];
  if (!shape || typeof size !== 'number') return unknownDraw('it is a part of another tensor');
  let at = 0;
  const pieces = cutAt(cutAt(piecesAlong(draw, range.axis, size), range.start), range.end).filter((piece) => {
    const inside = at >= range.start && at < range.end;
    at += piece.size;
    return inside;
  });
  const own = shape.map((one, axis) => (axis === range.axis ? range.end - range.start : one));
  return drawWithin(joined(range.axis, pieces), own, rest);
}

function piecesAlong(draw: Draw, axis: number, size: number): readonly DrawnPart[] {
  return draw.kind === 'partitioned' && draw.axis === axis ? draw.parts : [{ size, draw }];
}

/** A piece that holds the place is cut there in two. */
function cutAt(pieces: readonly DrawnPart[], place: number): readonly DrawnPart[] {
  let at = 0;
  return pieces.flatMap((piece) => {
    const start = at;
    at += piece.size;
    if (place <= start || place >= at) return [piece];
    const draw = severed(piece.draw);
    return [
      { size: place - start, draw },
      { size: at - place, draw },
    ];
  });
}

/** What is left of a draw when the tensor is cut: matrices are more than their elements. */
function severed(draw: Draw): Draw {
  return draw.kind === 'orthogonal' || draw.kind === 'identity'
    ? unknownDraw('it is a part of a matrix that is drawn as one')
    : draw;
}

function joined(axis: number, pieces: readonly DrawnPart[]): Draw {
  const parts: DrawnPart[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last?.draw === piece.draw) parts[parts.length - 1] = { ...last, size: last.size + piece.size };
    else parts.push(piece);
  }
  const [only] = parts;
  return parts.length === 1 && only ? only.draw : { kind: 'partitioned', axis, parts };
}
