import type { RandomAccess } from './access';
import { CheckpointError } from './error';
import { limits } from './limits';

/** A part of a file as JSON. @throws CheckpointError where it is too long, or no JSON */
export function readJson(source: RandomAccess, offset = 0, length = source.size - offset): unknown {
  if (length > limits.index)
    throw new CheckpointError(`its index claims ${length} bytes; more than ${limits.index} are not read`);
  const text = new TextDecoder().decode(source.read(offset, length));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CheckpointError(`its index is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A text that starts with a brace or bracket; in a safetensors file of such a length zeros follow. */
export function looksLikeJson(source: RandomAccess): boolean {
  const start = new TextDecoder().decode(source.read(0, Math.min(source.size, 16))).trimStart();
  return /^[{[]/.test(start) && !start.includes('\0');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as it was parsed, not what an object inherits: a tensor may be named `constructor`. */
export function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
