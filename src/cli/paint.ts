import { createColors } from 'picocolors';
import type { Severity } from '../rules';

/** Colours for a terminal, or none. */
export type Paint = ReturnType<typeof createColors>;

export const plain: Paint = createColors(false);

/** Colours where the stream is a terminal, unless NO_COLOR forbids or FORCE_COLOR wants them (https://no-color.org). */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  if ((env['NO_COLOR'] ?? '') !== '') return plain;
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0';
  return createColors(forced || (stream.isTTY === true && env['TERM'] !== 'dumb'));
}

export function severityPaint(paint: Paint, severity: Severity): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, information: paint.blue }[severity];
}

/** Breaks a text at spaces into lines of at most `width` characters. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `1 warning`, `3 warnings` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
