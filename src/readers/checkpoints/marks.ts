import type { RandomAccess } from './access';

/** Whether a text of one byte a character is at a place. */
export function startsWith(source: RandomAccess, mark: string, at = 0): boolean {
  if (source.size < at + mark.length) return false;
  return source.read(at, mark.length).every((byte, index) => byte === mark.charCodeAt(index));
}
