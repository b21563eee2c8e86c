import type { Statement } from '../syntax';

/** Statements as they are further down in their file (or, by a negative distance, further up). */
export function movedSyntax(statements: readonly Statement[], distance: number): readonly Statement[] {
  return moved(statements, distance);
}

/** Plain data, with every `start` and `end` in it moved. */
function moved<T>(value: T, distance: number): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => moved(item, distance)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    copy[key] =
      typeof item === 'number' && (key === 'start' || key === 'end') ? item + distance : moved(item, distance);
  return copy as T;
}
